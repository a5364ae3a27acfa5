/* The table of statements as a whole: what isolation rests on, and the plans that the engine makes of them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <string.h>

#include "store/store_fixture.h"

static bool begins_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

/* A statement that is not global is bound to the account, first; a join binds each of its tables. */
static void every_statement_is_bound_to_the_account(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        const statement *q = &statements[i];
        assert_non_null(q->name);
        assert_non_null(q->sqlite);
        if (q->scope == SCOPE_GLOBAL)
            continue;
        const size_t joins = count_of(q->sqlite, " JOIN ");
        bool is_insert = begins_with(q->sqlite, "INSERT");
        bool is_of_account = strstr(q->sqlite, "account (id") != NULL || strstr(q->sqlite, "account SET") != NULL ||
                             strstr(q->sqlite, "FROM account") != NULL;
        const char *key = is_of_account ? "id" : "account";
        char first_column[32], condition[32];
        (void)snprintf(first_column, sizeof first_column, "(%s, ", key);
        (void)snprintf(condition, sizeof condition, "WHERE %s = ?1", key);
        if (is_insert) {
            assert_non_null(strstr(q->sqlite, first_column));
            assert_true(strstr(q->sqlite, "VALUES (?1") != NULL || strstr(q->sqlite, "SELECT ?1") != NULL);
        }
        if (joins > 0)
            assert_int_equal(count_of(q->sqlite, ".account = ?1"), joins + 1);
        else if (!is_insert || strstr(q->sqlite, " FROM ") != NULL)
            assert_non_null(strstr(q->sqlite, condition));
    }
}

static void every_statement_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(statements[i].name, statements[k].name);
}

/* "EXPLAIN QUERY PLAN": a SCAN reads a whole table or index, a SEARCH by the account alone all of the account's rows, and a
 * TEMP B-TREE sorts what was found before its first row. */
static void check_plan(sqlite3 *db, const statement *q)
{
    char sql[4096];
    sqlite3_stmt *stmt = NULL;
    int rc;
    const bool is_narrower = strstr(q->sqlite, " AND ") != NULL && strstr(q->sqlite, "?2") != NULL;
    assert_true((size_t)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", q->sqlite) < sizeof sql);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(stmt, 3);
        assert_non_null(detail);
        if (begins_with(detail, "SCAN"))
            fail_msg("%s: %s", q->name, detail);
        if (is_narrower && strstr(detail, "(account=?)") != NULL)
            fail_msg("%s reads the whole account: %s", q->name, detail);
        if (strstr(q->sqlite, "LIMIT") != NULL && strstr(detail, "TEMP B-TREE") != NULL)
            fail_msg("%s reads pages and sorts: %s", q->name, detail);
    }
    assert_int_equal(rc, SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

static void no_statement_reads_more_than_it_needs(void **state)
{
    (void)state;
    fixture *f = fixture_new();
    char path[128];
    sqlite3 *db = NULL;
    fixture_begin(f, true); /* creates the store */
    fixture_end(f);
    fixture_path(f, "argali.db", path);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        check_plan(db, &statements[i]);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_is_bound_to_the_account),
        cmocka_unit_test(every_statement_has_a_name_of_its_own),
        cmocka_unit_test(no_statement_reads_more_than_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
