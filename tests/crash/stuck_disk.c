/* stuck_disk.c - preloaded into the server: while the file named by STUCK_DISK is there, what waits for the disk waits. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_while_stuck(void)
{
    const char *file = getenv("STUCK_DISK");
    while (file != NULL && access(file, F_OK) == 0)
        (void)usleep(20000);
}

int fsync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_while_stuck();
    return real(fd);
}

int fdatasync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_while_stuck();
    return real(fd);
}
