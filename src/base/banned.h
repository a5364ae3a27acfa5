/* banned.h - functions that may not be called: the compiler is given this header before every source of ours.
 *
 * They write without a bound, report no error, or keep hidden state. Each is marked deprecated, which is an error in
 * our own sources and none in the system's headers, where the same word may name a parameter. The build passes -Walloca beside it, and
 * scripts/check_source.py looks for the same names, and for the system's clock and dice outside base/world.c.
 *
 * Declared here and not taken from <string.h> and <stdlib.h>, as those define some of them inline, after which clang
 * takes no attribute.
 * What cannot be declared without them (gets, fscanf, vfscanf) is left to the script.
 */
#ifndef ARGALI_BASE_BANNED_H
#define ARGALI_BASE_BANNED_H

#include <stdarg.h>
#include <stddef.h>

#define BANNED(instead) __attribute__((deprecated("banned: use " instead)))

struct tm;

BANNED("memcpy with a length, or buf") char *strcpy(char *to, const char *from);
BANNED("memcpy with a length, or buf") char *strncpy(char *to, const char *from, size_t n);
BANNED("memcpy with a length, or buf") char *stpcpy(char *to, const char *from);
BANNED("buf") char *strcat(char *to, const char *from);
BANNED("buf") char *strncat(char *to, const char *from, size_t n);
BANNED("snprintf or buf") int sprintf(char *to, const char *format, ...);
BANNED("vsnprintf or buf") int vsprintf(char *to, const char *format, va_list arguments);

BANNED("str_split or cursor") char *strtok(char *text, const char *separators);
BANNED("timestamp_format") struct tm *gmtime(const long *unix_s);
BANNED("timestamp_format") struct tm *localtime(const long *unix_s);
BANNED("timestamp_format") char *asctime(const struct tm *time);
BANNED("timestamp_format") char *ctime(const long *unix_s);

BANNED("str_to_u32") int atoi(const char *text);
BANNED("str_to_i64") long atol(const char *text);
BANNED("str_to_i64") long long atoll(const char *text);
BANNED("cursor") double atof(const char *text);
BANNED("str_to_i64") long strtol(const char *text, char **end, int base);
BANNED("str_to_i64") long long strtoll(const char *text, char **end, int base);
BANNED("str_to_u64") unsigned long strtoul(const char *text, char **end, int base);
BANNED("str_to_u64") unsigned long long strtoull(const char *text, char **end, int base);
BANNED("cursor") int scanf(const char *format, ...);
BANNED("cursor") int sscanf(const char *from, const char *format, ...);
BANNED("cursor") int vscanf(const char *format, va_list arguments);
BANNED("cursor") int vsscanf(const char *from, const char *format, va_list arguments);

BANNED("world_random") int rand(void);
BANNED("world_random") int rand_r(unsigned *seed);
BANNED("world_random") void srand(unsigned seed);
BANNED("world_random") double drand48(void);

#undef BANNED

#endif
