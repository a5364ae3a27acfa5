/* main.c - the program. */
#include <unistd.h>

#include "server/command.h"

int main(int argc, char **argv)
{
    return command_main(argc, (const char *const *)argv, (const char *const *)environ);
}
