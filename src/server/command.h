/* command.h - the command line: which subcommand, which flags, what is printed, which exit code.
 *
 * Exit codes: 0 ok, 1 failed, 2 usage or configuration.
 */
#ifndef ARGALI_SERVER_COMMAND_H
#define ARGALI_SERVER_COMMAND_H

int command_main(int argc, const char *const *argv, const char *const *environment);

#endif
