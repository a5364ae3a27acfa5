#!/usr/bin/env python3
"""symbols_check.py LIBRARY - the vault exports what its header promises and nothing else.

No function of the vault returns a stored secret. Whoever adds one, to vault.h or unnamed in vault.c, has to add it here and to say
in the commit why it keeps that promise. LIBRARY is the static library (or the object) that holds vault.c.
"""
import pathlib
import re
import subprocess
import sys

ALLOWED = {
    'vault_create_key_file',
    'vault_key_file_add',       # these five change or name keys: no stored value goes through them
    'vault_key_file_drop_old',
    'vault_reload',
    'vault_key_count',
    'vault_sealing_key',
    'vault_open',
    'vault_free',
    'vault_seal_new',
    'vault_reseal',
    'vault_check',
    'vault_is_newest',          # reads the key id of a sealed value, which is in clear
    'vault_mac_check',
    'vault_digest_check',
    'vault_tag',
    'vault_tag_check',
    'vault_token_seal',
    'vault_token_open',
}


def exported(library):
    """Names that vault.c defines for others; those beginning with two underscores are the compiler's own (sanitizers, coverage)."""
    lines = subprocess.run(['nm', '-A', '-g', '--defined-only', library], check=True, capture_output=True, text=True).stdout.splitlines()
    names = set()
    for line in lines:
        where, name = line.rsplit(':', 1)[0], line.split()[-1]
        if re.search(r'vault[._]vault\.c\.o\b|\bvault\.o\b|vault_vault\.c\.o', where) and not name.startswith('__'):
            names.add(name)
    return names


def declared():
    """Functions of vault.h, comments taken out."""
    text = pathlib.Path(__file__).with_name('vault.h').read_text(encoding='utf-8')
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    return set(re.findall(r'\b(vault_\w+)\(', text))


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: symbols_check.py LIBRARY')
    failed = 0
    for what, found in (('exported by vault.c', exported(sys.argv[1])), ('declared in vault.h', declared())):
        for name in sorted(found - ALLOWED):
            print(f'{name}: {what}, but not in the list of symbols_check.py')
            failed = 1
        for name in sorted(ALLOWED - found):
            print(f'{name}: in the list of symbols_check.py, but not {what}')
            failed = 1
    sys.exit(failed)


main()
