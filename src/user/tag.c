/* tag.c - see tag.h. Rules: IMS and RAM TagResources. */
#include "user/tag.h"

static bool str_starts_nocase(str s, str prefix)
{
    return s.n >= prefix.n && str_eq_nocase(str_slice(s, 0, prefix.n), prefix);
}

static status tag_check(tag t, int value_max, err *e)
{
    if (t.key.n == 0 || utf8_count(t.key) > TAG_TEXT_MAX)
        return err_set(e, ST_INVALID, "InvalidParameter.Tag.Key.Length", "a tag key has 1 to %d characters", TAG_TEXT_MAX);
    if (str_starts_nocase(t.key, STR("aliyun")) || str_starts_nocase(t.key, STR("acs:")) ||
        str_contains_nocase(t.key, STR("http://")) || str_contains_nocase(t.key, STR("https://")))
        return err_set(e, ST_INVALID, "InvalidParameter.Tag.Key.Format", "a reserved tag key");
    if (t.value.p != NULL && utf8_count(t.value) > (size_t)value_max)
        return err_set(e, ST_INVALID, "InvalidParameter.Tag.Value.Length", "a tag value has up to %d characters", value_max);
    return ST_OK;
}

status tag_list_check(tagged_kind kind, tag_list tags, err *e)
{
    const int value_max = kind == TAGGED_USER ? TAG_TEXT_MAX : TAG_RESOURCE_VALUE_MAX;
    for (size_t i = 0; i < tags.n; i++) {
        TRY(tag_check(tags.v[i], value_max, e));
        for (size_t k = 0; k < i; k++) {
            if (str_eq(tags.v[i].key, tags.v[k].key))
                return err_set(e, ST_INVALID, "InvalidParameter.Tag.Key", "a tag key is named twice");
        }
    }
    return ST_OK;
}

static const char *limit_code(tagged_kind kind)
{
    switch (kind) {
    case TAGGED_USER:
        return "LimitExceeded.User.Tag";
    case TAGGED_ROLE:
        return "LimitExceeded.Role.Tag";
    case TAGGED_POLICY:
        return "LimitExceeded.Policy.Tag";
    }
    return NULL;
}

status tag_put_all(store_tx *tx, arena *a, const quotas *q, tagged_kind kind, uint64_t resource, tag_list tags, err *e)
{
    if (tags.n == 0)
        return ST_OK;
    for (size_t i = 0; i < tags.n; i++) {
        const str value = tags.v[i].value;
        TRY(store_tag_put(tx, kind, resource, tags.v[i].key, value.p != NULL ? value : STR(""), e));
    }
    tag_record *have = NULL;
    size_t n = 0;
    TRY(store_tag_list(tx, a, kind, resource, &have, &n, e));
    if (n > q->tags_per_user)
        return err_set(e, ST_LIMIT, limit_code(kind), "it would carry %zu tags", n);
    return ST_OK;
}

static bool carries(const tag_record *have, size_t n, tag wanted)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(have[i].key, wanted.key))
            return wanted.value.p == NULL || str_eq(have[i].value, wanted.value);
    }
    return false;
}

bool tag_match(const tag_record *have, size_t n, tag_list wanted)
{
    for (size_t i = 0; i < wanted.n; i++) {
        if (!carries(have, n, wanted.v[i]))
            return false;
    }
    return true;
}
