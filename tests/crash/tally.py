"""Counts what passed and what failed; prints the second, and a line for each group of the first."""


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.group_passed = 0

    def check(self, what, is_good, detail=""):
        if is_good:
            self.passed += 1
            self.group_passed += 1
        else:
            self.failed += 1
            print(f"FAILED  {what}{': ' if detail else ''}{detail}", flush=True)
        return is_good

    def group(self, name):
        print(f"ok      {name}: {self.group_passed} checks passed", flush=True)
        self.group_passed = 0
