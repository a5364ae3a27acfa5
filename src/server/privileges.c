/* privileges.c - see privileges.h. Capabilities by the system call itself: libcap would be a dependency for one structure. */
#include "server/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "server/landlock.h"
#include "server/syscall_filter.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

void privileges_guard_memory(void)
{
    (void)umask(077);
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    if (!IS_SANITIZED) /* LeakSanitizer traces its own process */
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

status privileges_become_user(const char *user, err *e)
{
    if (user == NULL || geteuid() != 0)
        return ST_OK;
    errno = 0;
    const struct passwd *who = getpwnam(user);
    if (who == NULL)
        return err_set(e, ST_INVALID, NULL, "user = %s: there is no such user", user);
    uid_t uid = who->pw_uid;
    gid_t gid = who->pw_gid;
    if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "cannot become user %s: %s", user, strerror(errno));
    privileges_guard_memory(); /* a change of uid makes a process dumpable again */
    return ST_OK;
}

/* A service manager may have taken them all, and capset with them. */
static bool has_no_capabilities(struct __user_cap_header_struct *head)
{
    struct __user_cap_data_struct now[2] = { 0 };
    return syscall(SYS_capget, head, now) == 0 && (now[0].effective | now[1].effective) == 0 &&
           (now[0].permitted | now[1].permitted) == 0;
}

static status drop_capabilities(bool *ret, err *e)
{
    struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[2] = { 0 };
    for (int cap = 0; cap <= 63; cap++)
        (void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0); /* refused without CAP_SETPCAP: then no_new_privs has to do */
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capset, &head, none) != 0 && !has_no_capabilities(&head))
        return err_set(e, ST_UNAVAILABLE, NULL, "cannot drop capabilities: %s", strerror(errno));
    *ret = true;
    return ST_OK;
}

static status enter_sandbox(const privileges_options *o, privileges_state *p, err *e)
{
    if (!o->wants_sandbox)
        p->why_no_sandbox = "switched off";
    else if (IS_SANITIZED)
        p->why_no_sandbox = "built with a sanitizer";
    if (p->why_no_sandbox != NULL)
        return ST_OK;
    TRY(landlock_enter(o->data, o->readable, sizeof o->readable / sizeof *o->readable, &p->landlock_abi, e));
    TRY(syscall_filter_enter(&p->has_seccomp, e));
    if (p->landlock_abi == 0 || !p->has_seccomp)
        p->why_no_sandbox = "the kernel does not offer all of it";
    return ST_OK;
}

status privileges_drop(const privileges_options *o, privileges_state *ret, err *e)
{
    privileges_state p = { 0 };
    privileges_guard_memory();
    TRY(privileges_become_user(o->user, e));
    TRY(drop_capabilities(&p.has_dropped_capabilities, e));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "cannot set no_new_privs: %s", strerror(errno));
    TRY(enter_sandbox(o, &p, e));
    p.uid = geteuid();
    *ret = p;
    return ST_OK;
}

void privileges_log(const privileges_state *p)
{
    log_level level = p->why_no_sandbox == NULL ? LOG_INFO : LOG_WARNING;
    log_event(level, "sandbox", LOG_B("landlock", p->landlock_abi > 0), LOG_N("landlock_abi", p->landlock_abi),
              LOG_B("seccomp", p->has_seccomp), LOG_B("no_capabilities", p->has_dropped_capabilities), LOG_N("uid", p->uid),
              LOG_S("why_not", str_from_c(p->why_no_sandbox)));
}
