/* What the files share: the recorder, and the table of the code objects that it looks at. */

#ifndef DX_RECORDER_H
#define DX_RECORDER_H

#include "python.h"

/* The recorder of record.py, its functions for what is rare, and `sys.monitoring.DISABLE`. */
extern PyObject *recorder, *remembers, *returned, *deep, *disable;
/* "current", "units" */
extern PyObject *name_current, *name_units;

/* Code objects that are looked at, by their address: the recorder keeps them alive. Open addressing; all of this happens
   under the GIL. */

struct entry {
    PyObject *code; /* borrowed */
    PyObject *unit;
    uint64_t seen_in; /* the window in which it was seen last */
    uint32_t calls;   /* in that window, as far as they were told */
    int remembers;
};

extern struct entry *entries;
extern size_t capacity;
extern uint64_t window;

static inline struct entry *slot_of(struct entry *in, size_t size, PyObject *code) {
    size_t at = (size_t)(((uintptr_t)code >> 4) * 0x9E3779B97F4A7C15u >> 20) & (size - 1);
    while (in[at].code && in[at].code != code)
        at = (at + 1) & (size - 1);
    return &in[at];
}

static inline struct entry *find(PyObject *code) {
    if (!capacity)
        return NULL;
    struct entry *entry = slot_of(entries, capacity, code);
    return entry->code ? entry : NULL;
}

/* Enters a code object, or changes what is known of it; -1 with an exception. */
int table_add(PyObject *code, PyObject *unit, int remembers_too);

/* Adds a unit to `recorder.current.units`; -1 with an exception. */
int note(PyObject *unit);

/* Calls one of the recorder's functions, which nobody traces where Python (from 3.11 on) can be told so. */
PyObject *call(PyObject *function, PyObject *first, PyObject *second);

static inline int equal(const char *left, const char *right) {
    while (*left && *left == *right)
        left++, right++;
    return *left == *right;
}

#endif
