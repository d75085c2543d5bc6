/* The code of modules: every function gets its unit, as `Recorder.register` of record.py has it. */

#include "recorder.h"

/* What the recorder keeps, and its functions for what is rare. */
static struct {
    PyObject *owners, *by_code, *lines, *line_names, *writers, *identity, *numbers, *units, *paths, *consider;
    PyObject *arm, *tool, *event, *returning; /* of sys.monitoring */
    const uint8_t *opcodes, *steps;           /* FORMS and STEPS of remember.py */
    uint8_t counts[256];                      /* operations that `form` looks at: their place among these, and one */
} known;

enum { STORE_SUBSCR, STORE_ATTR, LOAD_ATTR, STORE_GLOBAL, LOAD_GLOBAL, EXTENDED_ARG, ATTR_SHIFT, GLOBAL_SHIFT };
enum { FIRSTS = GLOBAL_SHIFT + 1, SECONDS = FIRSTS + 2, FORMS = SECONDS + 3 };
enum { WRITES = 255, CO_OPTIMIZED = 1, ARGUMENTS = 1024, READS_GLOBAL = 1, WRITES_OTHERS = 2, WRITES_SELF = 4 };

static PyObject *name_consts, *name_name, *name_names, *name_line, *name_flags, *name_bytecode, *name_adaptive, *name_varnames;

/* know(owners, by_code, lines, line_names, writers, identity, numbers, units, paths, consider, arm, tool, event, returning,
   opcodes, steps) */
METHOD(know) {
    PyObject **to[] = {&known.owners,   &known.by_code, &known.lines,    &known.line_names, &known.writers,
                       &known.identity, &known.numbers, &known.units,    &known.paths,      &known.consider,
                       &known.arm,      &known.tool,    &known.event,    &known.returning};
    enum { OBJECTS = sizeof to / sizeof *to };
    char *opcodes, *steps;
    Py_ssize_t length, operations;
    if (count != OBJECTS + 2 || PyBytes_AsStringAndSize(given[OBJECTS], &opcodes, &length) < 0 || length != FORMS ||
        PyBytes_AsStringAndSize(given[OBJECTS + 1], &steps, &operations) < 0 || operations != 256)
        return wrong("know takes fourteen objects, thirteen bytes and a byte for each operation");
    for (Py_ssize_t at = 0; at <= OBJECTS + 1; at++)
        Py_IncRef(given[at]);
    for (Py_ssize_t at = 0; at < OBJECTS; at++)
        *to[at] = given[at];
    known.opcodes = (const uint8_t *)opcodes, known.steps = (const uint8_t *)steps;
    for (int at = STORE_SUBSCR; at <= EXTENDED_ARG; at++)
        known.counts[known.opcodes[at]] = (uint8_t)(at + 1);
    name_consts = PyUnicode_InternFromString("co_consts");
    name_name = PyUnicode_InternFromString("co_name");
    name_names = PyUnicode_InternFromString("co_names");
    name_line = PyUnicode_InternFromString("co_firstlineno");
    name_flags = PyUnicode_InternFromString("co_flags");
    name_bytecode = PyUnicode_InternFromString("co_code");
    name_adaptive = PyUnicode_InternFromString("_co_code_adaptive");
    name_varnames = PyUnicode_InternFromString("co_varnames");
    int is_whole = name_consts && name_name && name_names && name_line && name_flags && name_bytecode;
    return is_whole && name_adaptive && name_varnames ? none() : NULL;
}

/* Whether one of a tuple of names is in a set. */
static int any_in(PyObject *names, PyObject *set) {
    Py_ssize_t count = PyTuple_Size(names);
    for (Py_ssize_t at = 0; at < count; at++) {
        int is_in = PySet_Contains(set, PyTuple_GetItem(names, at));
        if (is_in)
            return is_in;
    }
    return count < 0 ? -1 : 0;
}

/* Numbers of names; two that are taken for one: more is looked at. */
struct names {
    uint64_t bits[ARGUMENTS / 64];
};

static void add(struct names *to, size_t name) {
    name &= ARGUMENTS - 1;
    to->bits[name / 64] |= (uint64_t)1 << (name % 64);
}

static int meet(const struct names *left, const struct names *right) {
    uint64_t both = 0;
    for (size_t at = 0; at < ARGUMENTS / 64; at++)
        both |= left->bits[at] & right->bits[at];
    return both != 0;
}

/* `is_first` of remember.py. */
static int is_first(uint8_t operation, uint8_t argument) {
    for (int at = FIRSTS; at < FORMS; at++)
        if (operation == known.opcodes[at] && (at < SECONDS ? argument : argument & 15) == 0)
            return 1;
    return 0;
}

/* Whether the first local variable is called `self`; -1 with an exception. */
static int has_self(PyObject *code) {
    PyObject *names = PyObject_GetAttr(code, name_varnames);
    if (!names)
        return -1;
    const char *first = PyTuple_Size(names) > 0 ? PyUnicode_AsUTF8(PyTuple_GetItem(names, 0)) : NULL;
    if (!first)
        PyErr_Clear();
    int is_so = first && equal(first, "self");
    Py_DecRef(names);
    return is_so;
}

/* Whether code could write into anything. The instructions as they are, with their caches, cost less than `co_code`, which is
   made for each code object and stays. */
static int may_write(PyObject *code) {
    PyObject *instructions = PyObject_GetAttr(code, name_adaptive);
    char *bytes;
    Py_ssize_t length;
    if (!instructions || PyBytes_AsStringAndSize(instructions, &bytes, &length) < 0) {
        PyErr_Clear(); /* before 3.11 */
        return 1;
    }
    int may = 0;
    for (Py_ssize_t at = 0; at < length && !may; at += 2) {
        uint8_t step = known.steps[(uint8_t)bytes[at]];
        may = step == WRITES;
        at += 2 * step;
    }
    Py_DecRef(instructions);
    return may;
}

/* `form` of remember.py, as bits. */
static int form(PyObject *code, PyObject *names) {
    int found = any_in(names, known.writers);
    if (found == 0 && !may_write(code))
        return 0;
    PyObject *bytecode = PyObject_GetAttr(code, name_bytecode);
    char *bytes;
    Py_ssize_t length;
    if (!bytecode || PyBytes_AsStringAndSize(bytecode, &bytes, &length) < 0)
        return -1;
    const uint8_t *operations = (const uint8_t *)bytes, *opcodes = known.opcodes;
    struct names sets[LOAD_GLOBAL + 1] = {{{0}}}, own = {{0}};
    size_t extended = 0;
    if (found > 0)
        found = WRITES_OTHERS;
    for (Py_ssize_t at = 0; found >= 0 && at + 1 < length; at += 2) {
        int operation = known.counts[operations[at]] - 1;
        if (operation < 0) {
            extended = 0;
            continue;
        }
        size_t argument = operations[at + 1] | extended;
        extended = operation == EXTENDED_ARG ? argument << 8 : 0;
        if (operation == STORE_SUBSCR)
            found |= WRITES_OTHERS;
        else if (operation == STORE_ATTR && at && is_first(operations[at - 2], operations[at - 1]))
            add(&own, argument);
        else if (operation == LOAD_ATTR)
            add(&sets[LOAD_ATTR], argument >> opcodes[ATTR_SHIFT]);
        else if (operation == LOAD_GLOBAL)
            add(&sets[LOAD_GLOBAL], argument >> opcodes[GLOBAL_SHIFT]);
        else if (operation != EXTENDED_ARG)
            add(&sets[operation], argument);
    }
    Py_DecRef(bytecode);
    if (found < 0)
        return found;
    if (meet(&sets[STORE_GLOBAL], &sets[LOAD_GLOBAL]))
        found |= READS_GLOBAL;
    if (meet(&sets[STORE_ATTR], &sets[LOAD_ATTR]))
        found |= WRITES_OTHERS;
    if (meet(&own, &sets[LOAD_ATTR])) {
        int is_self = has_self(code);
        if (is_self < 0)
            return -1;
        found |= is_self ? WRITES_SELF : WRITES_OTHERS;
    }
    return found;
}

static int starts(PyObject *name, const char *with) {
    const char *text = PyUnicode_AsUTF8(name);
    while (text && *with && *text == *with)
        text++, with++;
    if (!text)
        PyErr_Clear(); /* not every name is UTF-8 */
    return text && !*with;
}

/* Keeps what a unit is known by; -1 with an exception. */
static int keep(PyObject *key, PyObject *unit, PyObject *path, PyObject *line, PyObject *name) {
    PyObject *named = PyTuple_Pack(3, unit, line, name);
    int status = named && PyDict_SetItem(known.numbers, key, unit) == 0 ? PyList_Append(known.units, named) : -1;
    if (named)
        Py_DecRef(named);
    return status < 0 ? status : PyList_Append(known.paths, path);
}

/* `Recorder.unit`, with a reference for the caller. */
static PyObject *unit_of(PyObject *path, PyObject *line, PyObject *name) {
    PyObject *key = PyTuple_Pack(3, path, line, name);
    PyObject *unit = key ? PyDict_GetItemWithError(known.numbers, key) : NULL; /* borrowed */
    if (unit) {
        Py_IncRef(unit);
    } else if (key && !PyErr_Occurred()) {
        unit = PyLong_FromSsize_t(PyList_Size(known.units));
        if (unit && keep(key, unit, path, line, name) < 0) {
            Py_DecRef(unit);
            unit = NULL;
        }
    }
    if (key)
        Py_DecRef(key);
    return unit;
}

static int enter(PyObject *code, PyObject *unit, int is_module) {
    PyObject *key = PyObject_CallFunctionObjArgs(known.identity, code, NULL);
    if (!key)
        return -1;
    PyObject *memory = PyDict_GetItemWithError(known.by_code, key); /* borrowed */
    int status = PyDict_SetItem(known.owners, key, unit);
    Py_DecRef(key);
    if (status < 0 || table_add(code, unit, memory != NULL) < 0)
        return -1;
    /* That a module's code begins, an audit event tells. */
    if (is_module || known.arm == &_Py_NoneStruct)
        return 0;
    PyObject *events = memory ? known.returning : known.event;
    PyObject *done = PyObject_CallFunctionObjArgs(known.arm, known.tool, code, events, NULL);
    if (!done)
        return -1;
    Py_DecRef(done);
    return 0;
}

static int walk(PyObject *path, PyObject *code, PyObject *owner, int inside);

/* One function or class that stands in other code. */
static int nested(PyObject *path, PyObject *code, PyObject *owner, int inside) {
    PyObject *name = PyObject_GetAttr(code, name_name), *names = PyObject_GetAttr(code, name_names);
    PyObject *flags = PyObject_GetAttr(code, name_flags), *unit = NULL;
    int status = -1;
    if (!name || !names || !flags)
        goto end;
    if (!inside && !starts(name, "<") && !starts(name, "__annotate__")) {
        PyObject *line = PyObject_GetAttr(code, name_line);
        unit = line ? unit_of(path, line, name) : NULL;
        if (line)
            Py_DecRef(line);
    } else {
        Py_IncRef(owner);
        unit = owner;
    }
    if (!unit)
        goto end;
    /* What stands in a function is a part of it; the scope of type parameters is no function. */
    int is_function = (PyLong_AsSsize_t(flags) & CO_OPTIMIZED) && !starts(name, "<generic");
    int found = is_function ? form(code, names) : 0;
    if (found > 0) {
        PyObject *bits = PyLong_FromSsize_t(found);
        PyObject *done = bits ? PyObject_CallFunctionObjArgs(known.consider, path, code, bits, NULL) : NULL;
        if (bits)
            Py_DecRef(bits);
        found = done ? 0 : -1;
        if (done)
            Py_DecRef(done);
    }
    int lines = found < 0 ? -1 : any_in(names, known.line_names);
    if (lines < 0 || (lines && PySet_Add(known.lines, unit) < 0))
        goto end;
    status = enter(code, unit, 0) < 0 ? -1 : walk(path, code, unit, inside || is_function);
end:
    if (name)
        Py_DecRef(name);
    if (names)
        Py_DecRef(names);
    if (flags)
        Py_DecRef(flags);
    if (unit)
        Py_DecRef(unit);
    return status;
}

/* What stands in this code. */
static int walk(PyObject *path, PyObject *code, PyObject *owner, int inside) {
    PyObject *constants = PyObject_GetAttr(code, name_consts);
    if (!constants)
        return -1;
    Py_ssize_t count = PyTuple_Size(constants);
    int status = count < 0 ? -1 : 0;
    for (Py_ssize_t at = 0; status == 0 && at < count; at++) {
        PyObject *constant = PyTuple_GetItem(constants, at);
        if (constant->type == code->type)
            status = nested(path, constant, owner, inside);
    }
    Py_DecRef(constants);
    return status;
}

/* register(path, code, unit): gives a module's code and every function in it their units. */
METHOD(register) {
    if (count != 3)
        return wrong("register takes three arguments");
    if (enter(given[1], given[2], 1) < 0 || walk(given[0], given[1], given[2], 0) < 0)
        return NULL;
    return none();
}
