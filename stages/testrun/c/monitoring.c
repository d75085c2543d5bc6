/* From 3.12 on: the callback of sys.monitoring (PEP 669). */

#include "recorder.h"

/* What is silent since it was called often in this window. To have Python tell a function's calls again, it goes through all
   of its instructions: that costs as much as being told of some twenty calls. */
static PyObject **silent;
static size_t silent_count, silent_capacity;

enum { CALLS_MAX = 20 };

static int silence(PyObject *code) {
    if (silent_count == silent_capacity) {
        size_t size = silent_capacity ? silent_capacity * 2 : 256;
        PyObject **larger = PyMem_Calloc(size, sizeof *larger);
        if (!larger) {
            PyErr_NoMemory();
            return -1;
        }
        for (size_t at = 0; at < silent_count; at++)
            larger[at] = silent[at];
        PyMem_Free(silent);
        silent = larger, silent_capacity = size;
    }
    silent[silent_count++] = code;
    return 0;
}

/* switch(): what was seen in the last window is news in the next. */
METHOD(switch) {
    window++;
    silent_count = 0;
    return none();
}

/* unknown([units]): how much of what is silent is not in a dictionary. */
METHOD(unknown) {
    if (count > 1)
        return wrong("unknown takes at most one argument");
    if (count == 0)
        return PyLong_FromSsize_t((Py_ssize_t)silent_count);
    Py_ssize_t found = 0;
    for (size_t at = 0; at < silent_count; at++) {
        struct entry *entry = find(silent[at]);
        int known = entry ? PyDict_Contains(given[0], entry->unit) : 1;
        if (known < 0)
            return NULL;
        found += !known;
    }
    return PyLong_FromSsize_t(found);
}

/* wake(arm, tool, event, returning, units): another window, in which what is silent is told again when it is called, but for
   the units of a dictionary. */
METHOD(wake) {
    PyObject *nothing = count == 5 ? PyLong_FromSsize_t(0) : wrong("wake takes five arguments");
    if (!nothing)
        return NULL;
    size_t kept = 0;
    window++;
    /* The callee may let another thread run, which adds to what is silent. */
    for (size_t at = 0; at < silent_count; at++) {
        PyObject *code = silent[at];
        struct entry *entry = find(code);
        int known = given[4] != &_Py_NoneStruct && entry ? PyDict_Contains(given[4], entry->unit) : 0;
        if (known > 0) {
            silent[kept++] = code;
            continue;
        }
        PyObject *events[] = {nothing, entry && entry->remembers ? given[3] : given[2]};
        for (int again = 0; again < 2 && known == 0; again++) {
            PyObject *done = PyObject_CallFunctionObjArgs(given[0], given[1], code, events[again], NULL);
            if (!done)
                known = -1;
            else
                Py_DecRef(done);
        }
        if (known < 0) {
            Py_DecRef(nothing);
            return NULL;
        }
    }
    silent_count = kept;
    Py_DecRef(nothing);
    return none();
}

/* started(code, offset): the callback for PY_START and PY_RESUME. */
METHOD(started) {
    if (count != 2)
        return wrong("started takes two arguments");
    struct entry *entry = find(given[0]);
    if (entry) {
        if (entry->seen_in != window) {
            if (note(entry->unit) < 0)
                return NULL;
            entry->seen_in = window, entry->calls = 0;
        }
        if (entry->remembers) {
            /* Every call of it is looked at. */
            PyObject *done = PyObject_CallFunctionObjArgs(remembers, given[0], NULL);
            if (!done)
                return NULL;
            Py_DecRef(done);
            return none();
        }
        if (++entry->calls < CALLS_MAX)
            return none();
        if (silence(given[0]) < 0)
            return NULL;
    }
    Py_IncRef(disable);
    return disable;
}
