#include "recorder.h"

PyObject *recorder, *remembers, *returned, *deep, *disable;
PyObject *name_current, *name_units;

struct entry *entries;
size_t capacity;
uint64_t window = 1;
static size_t used;

/* start(recorder, remembers, returned, deep, DISABLE) */
METHOD(start) {
    if (count != 5)
        return wrong("start takes five arguments");
    for (Py_ssize_t at = 0; at < count; at++)
        Py_IncRef(given[at]);
    recorder = given[0], remembers = given[1], returned = given[2], deep = given[3], disable = given[4];
    name_current = PyUnicode_InternFromString("current");
    name_units = PyUnicode_InternFromString("units");
    return name_current && name_units ? none() : NULL;
}

static int grow(void) {
    size_t size = capacity ? capacity * 2 : 1024;
    struct entry *larger = PyMem_Calloc(size, sizeof *larger);
    if (!larger) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t at = 0; at < capacity; at++)
        if (entries[at].code)
            *slot_of(larger, size, entries[at].code) = entries[at];
    PyMem_Free(entries);
    entries = larger, capacity = size;
    return 0;
}

int table_add(PyObject *code, PyObject *unit, int remembers_too) {
    if ((used + 1) * 2 > capacity && grow() < 0)
        return -1;
    struct entry *entry = slot_of(entries, capacity, code);
    PyObject *old = entry->unit;
    used += !entry->code;
    Py_IncRef(unit);
    entry->code = code, entry->unit = unit, entry->remembers = remembers_too;
    if (old)
        Py_DecRef(old);
    return 0;
}

/* look_at(code, unit, remembers): from now on, this code is looked at. */
METHOD(look_at) {
    if (count != 3)
        return wrong("look_at takes three arguments");
    int flag = PyObject_IsTrue(given[2]);
    return flag < 0 || table_add(given[0], given[1], flag) < 0 ? NULL : none();
}

int note(PyObject *unit) {
    PyObject *current = PyObject_GetAttr(recorder, name_current);
    if (!current)
        return -1;
    PyObject *units = PyObject_GetAttr(current, name_units);
    Py_DecRef(current);
    if (!units)
        return -1;
    int status = PyDict_SetItem(units, unit, &_Py_NoneStruct);
    Py_DecRef(units);
    return status;
}

PyObject *call(PyObject *function, PyObject *first, PyObject *second) {
    void *thread = PyThreadState_EnterTracing ? PyThreadState_Get() : NULL;
    if (thread)
        PyThreadState_EnterTracing(thread);
    PyObject *answer = PyObject_CallFunctionObjArgs(function, first, second, NULL);
    if (thread)
        PyThreadState_LeaveTracing(thread);
    return answer;
}
