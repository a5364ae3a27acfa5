/* main.c - the program. */
#include <signal.h>
#include <unistd.h>

#include "server/command.h"

int main(int argc, char **argv)
{
    /* A peer that left, a file at its size limit: errors of the call that met them, not the end of the process. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    return command_main(argc, (const char *const *)argv, (const char *const *)environ);
}
