/* tx.h - what a transaction is made of. Inside src/store only. */
#ifndef ARGALI_STORE_TX_H
#define ARGALI_STORE_TX_H

#include "store/engine.h"
#include "store/store.h"

enum { TOUCHED_WORDS = EPOCH_SLOTS / 64 };

struct store_tx {
    engine *engine;
    epochs *epochs;
    uint64_t account; /* 0: directory look-ups only */
    bool may_write;
    bool is_failing;                        /* the engine reported the disk or the file: the store is not healthy */
    bool is_lost;                           /* the engine undid the whole transaction: nothing more may run in it */
    uint64_t touched[TOUCHED_WORDS];        /* slots of epochs, by the batch so far */
    uint64_t touched_before[TOUCHED_WORDS]; /* the same when the savepoint began */
};

#endif
