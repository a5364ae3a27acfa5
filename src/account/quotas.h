/* quotas.h - how many of what: RAM's documented values (page of 2025-12) unless configured otherwise. */
#ifndef ARGALI_ACCOUNT_QUOTAS_H
#define ARGALI_ACCOUNT_QUOTAS_H

#include <stdint.h>

typedef struct quotas {
    uint32_t users_per_account;          /* 5000 */
    uint32_t access_keys_per_user;       /* 2 */
    uint32_t access_keys_per_root;       /* 2 */
    uint32_t tags_per_user;              /* 20; of roles and custom policies too */
    uint32_t system_policies_per_user;   /* 20; of groups and roles too */
    uint32_t custom_policies_per_user;   /* 10; of groups and roles too */
    uint32_t groups_per_account;         /* 300 */
    uint32_t groups_per_user;            /* 10 */
    uint32_t roles_per_account;          /* 1000 */
    uint32_t policies_per_account;       /* 1500 custom policies */
    uint32_t versions_per_policy;        /* 5 */
    uint32_t users_in_recycle_bin;       /* 1000 */
    uint32_t access_keys_in_recycle_bin; /* 3, of one user */
} quotas;

#define QUOTAS_DEFAULT ((quotas){ 5000, 2, 2, 20, 20, 10, 300, 10, 1000, 1500, 5, 1000, 3 })

#endif
