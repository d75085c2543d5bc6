/* _dx_events: which functions run, and which audit events are of interest, told without running Python for the others.

   It is loaded by the recorder's processes (library.py), which do without it where it cannot be loaded.

   The library needs no header of Python's and links with nothing: it declares the few functions of the stable ABI
   (https://docs.python.org/3/c-api/stable.html) that it calls, and what is not in the stable ABI is weak, thus absent where
   a Python does not have it. One library serves CPython 3.9 to 3.14 with a GIL, on glibc and musl.

   Before 3.12, functions are seen by a frame evaluation function (PEP 523), which costs a few nanoseconds a call where a
   trace function makes every instruction slow. From 3.12 on, by a callback of sys.monitoring (PEP 669). */

#include <stddef.h>
#include <stdint.h>

typedef ptrdiff_t Py_ssize_t;
typedef struct {
    Py_ssize_t refcount;
    void *type;
} PyObject;

typedef PyObject *(*Function)(PyObject *, PyObject *const *, Py_ssize_t);
typedef struct {
    const char *name;
    Function function;
    int flags;
    const char *doc;
} PyMethodDef;
typedef struct {
    PyObject base;
    PyObject *(*init)(void);
    Py_ssize_t index;
    PyObject *copy;
    const char *name, *doc;
    Py_ssize_t size;
    PyMethodDef *methods;
    void *slots, *traverse, *clear, *free;
} PyModuleDef;

enum { METH_KEYWORDS = 2, METH_FASTCALL = 0x80, ABI_VERSION = 3 };

#define WEAK __attribute__((weak))

extern PyObject _Py_NoneStruct;
extern PyObject *PyExc_TypeError;
void Py_IncRef(PyObject *);
void Py_DecRef(PyObject *);
PyObject *PyModule_Create2(PyModuleDef *, int);
void *PyMem_Calloc(size_t, size_t);
void PyMem_Free(void *);
PyObject *PyErr_NoMemory(void);
void PyErr_SetString(PyObject *, const char *);
void PyErr_Clear(void);
void PyErr_Fetch(PyObject **, PyObject **, PyObject **);
void PyErr_Restore(PyObject *, PyObject *, PyObject *);
PyObject *PyObject_GetAttr(PyObject *, PyObject *);
PyObject *PyObject_CallFunctionObjArgs(PyObject *, ...);
WEAK PyObject *PyObject_Vectorcall(PyObject *, PyObject *const *, size_t, PyObject *);
PyObject *PyCFunction_NewEx(PyMethodDef *, PyObject *, PyObject *);
int PyObject_IsTrue(PyObject *);
PyObject *PyUnicode_InternFromString(const char *);
const char *PyUnicode_AsUTF8(PyObject *);
PyObject *PyLong_FromSsize_t(Py_ssize_t);
Py_ssize_t PyLong_AsSsize_t(PyObject *);
Py_ssize_t PyTuple_Size(PyObject *);
PyObject *PyTuple_GetItem(PyObject *, Py_ssize_t);
int PyBytes_AsStringAndSize(PyObject *, char **, Py_ssize_t *);
PyObject *PyDict_GetItemWithError(PyObject *, PyObject *);
int PyDict_SetItem(PyObject *, PyObject *, PyObject *);
int PySet_Add(PyObject *, PyObject *);
int PySet_Contains(PyObject *, PyObject *);
int PySys_AddAuditHook(int (*)(const char *, PyObject *, void *), void *);

typedef PyObject *(*Evaluator)(void *thread, void *frame, int throws);
WEAK void *PyInterpreterState_Get(void);
void *PyThreadState_Get(void);
WEAK void PyThreadState_EnterTracing(void *);
WEAK void PyThreadState_LeaveTracing(void *);
WEAK Evaluator _PyInterpreterState_GetEvalFrameFunc(void *);
WEAK void _PyInterpreterState_SetEvalFrameFunc(void *, Evaluator);
WEAK PyObject *PyFrame_GetCode(void *);
WEAK unsigned long pthread_self(void);
WEAK int pthread_getattr_np(unsigned long, void *);
WEAK int pthread_attr_getstack(const void *, void **, size_t *);
WEAK int pthread_attr_destroy(void *);

static PyObject *none(void) {
    Py_IncRef(&_Py_NoneStruct);
    return &_Py_NoneStruct;
}

/* Code objects that are looked at, by their address: the recorder keeps them alive. Open addressing; all of this happens
   under the GIL. */

struct entry {
    PyObject *code; /* borrowed */
    PyObject *unit;
    uint64_t seen_in; /* the window in which it was seen last */
    uint32_t calls;   /* in that window, as far as they were told */
    int remembers;
};

static struct entry *entries;
static size_t capacity, used;
static uint64_t window = 1;

/* What is silent since it was called often in this window. To have Python tell a function's calls again, it goes through all
   of its instructions: that costs as much as being told of some twenty calls. */
static PyObject **silent;
static size_t silent_count, silent_capacity;

enum { CALLS_MAX = 20 };

static PyObject *recorder, *remembers, *returned, *deep, *disable;
static PyObject *name_current, *name_units;

static struct entry *slot_of(struct entry *in, size_t size, PyObject *code) {
    size_t at = (size_t)(((uintptr_t)code >> 4) * 0x9E3779B97F4A7C15u >> 20) & (size - 1);
    while (in[at].code && in[at].code != code)
        at = (at + 1) & (size - 1);
    return &in[at];
}

static struct entry *find(PyObject *code) {
    if (!capacity)
        return NULL;
    struct entry *entry = slot_of(entries, capacity, code);
    return entry->code ? entry : NULL;
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

/* Adds a unit to `recorder.current.units`. */
static int note(PyObject *unit) {
    PyObject *current = PyObject_GetAttr(recorder, name_current);
    if (!current)
        return -1;
    PyObject *units = PyObject_GetAttr(current, name_units);
    Py_DecRef(current);
    if (!units)
        return -1;
    int status = PySet_Add(units, unit);
    Py_DecRef(units);
    return status;
}

static PyObject *wrong(const char *text) {
    PyErr_SetString(PyExc_TypeError, text);
    return NULL;
}

/* start(recorder, remembers, returned, deep, DISABLE) */
static PyObject *start(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    if (count != 5)
        return wrong("start takes five arguments");
    for (Py_ssize_t at = 0; at < count; at++)
        Py_IncRef(given[at]);
    recorder = given[0], remembers = given[1], returned = given[2], deep = given[3], disable = given[4];
    name_current = PyUnicode_InternFromString("current");
    name_units = PyUnicode_InternFromString("units");
    return name_current && name_units ? none() : NULL;
}

static int table_add(PyObject *code, PyObject *unit, int remembers_too) {
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
static PyObject *look_at(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    if (count != 3)
        return wrong("look_at takes three arguments");
    int flag = PyObject_IsTrue(given[2]);
    return flag < 0 || table_add(given[0], given[1], flag) < 0 ? NULL : none();
}

/* Code of a module */

/* What the recorder keeps, and its functions for what is rare. */
static struct {
    PyObject *owners, *by_code, *lines, *line_names, *writers, *identity, *unit, *consider;
    PyObject *arm, *tool, *event, *returning; /* of sys.monitoring */
    const uint8_t *opcodes;                   /* STORE_SUBSCR and those below */
} known;

enum { STORE_SUBSCR, STORE_ATTR, LOAD_ATTR, STORE_GLOBAL, LOAD_GLOBAL, EXTENDED_ARG, ATTR_SHIFT, GLOBAL_SHIFT };
enum { CO_OPTIMIZED = 1, ARGUMENTS = 1024, READS_GLOBAL = 1, WRITES_OTHERS = 2 };

static PyObject *name_consts, *name_name, *name_names, *name_line, *name_flags, *name_bytecode;

/* know(owners, by_code, lines, line_names, writers, identity, unit, consider, arm, tool, event, returning, opcodes) */
static PyObject *know(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    PyObject **to[] = {&known.owners,   &known.by_code, &known.lines,    &known.line_names, &known.writers, &known.identity,
                       &known.unit,     &known.consider, &known.arm,     &known.tool,       &known.event,   &known.returning};
    enum { OBJECTS = sizeof to / sizeof *to };
    char *opcodes;
    Py_ssize_t length;
    if (count != OBJECTS + 1 || PyBytes_AsStringAndSize(given[OBJECTS], &opcodes, &length) < 0 || length != GLOBAL_SHIFT + 1)
        return wrong("know takes twelve objects and eight bytes");
    for (Py_ssize_t at = 0; at <= OBJECTS; at++)
        Py_IncRef(given[at]);
    for (Py_ssize_t at = 0; at < OBJECTS; at++)
        *to[at] = given[at];
    known.opcodes = (const uint8_t *)opcodes;
    name_consts = PyUnicode_InternFromString("co_consts");
    name_name = PyUnicode_InternFromString("co_name");
    name_names = PyUnicode_InternFromString("co_names");
    name_line = PyUnicode_InternFromString("co_firstlineno");
    name_flags = PyUnicode_InternFromString("co_flags");
    name_bytecode = PyUnicode_InternFromString("co_code");
    return name_consts && name_name && name_names && name_line && name_flags && name_bytecode ? none() : NULL;
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

static int bit(uint64_t *bits, size_t at) {
    at &= ARGUMENTS - 1; /* two that are taken for one: more is looked at */
    int was = bits[at / 64] >> (at % 64) & 1;
    bits[at / 64] |= (uint64_t)1 << (at % 64);
    return was;
}

/* `form` of remember.py, as bits. */
static int form(PyObject *code, PyObject *names) {
    PyObject *bytecode = PyObject_GetAttr(code, name_bytecode);
    char *bytes;
    Py_ssize_t length;
    if (!bytecode || PyBytes_AsStringAndSize(bytecode, &bytes, &length) < 0)
        return -1;
    const uint8_t *operations = (const uint8_t *)bytes, *opcodes = known.opcodes;
    int found = any_in(names, known.writers);
    uint64_t sets[4][ARGUMENTS / 64] = {{0}};
    size_t extended = 0;
    if (found > 0)
        found = WRITES_OTHERS;
    for (Py_ssize_t at = 0; found >= 0 && at + 1 < length; at += 2) {
        uint8_t operation = operations[at];
        size_t argument = operations[at + 1] | extended;
        extended = operation == opcodes[EXTENDED_ARG] ? argument << 8 : 0;
        if (operation == opcodes[STORE_SUBSCR]) {
            found |= WRITES_OTHERS;
            continue;
        }
        for (int kind = STORE_ATTR; kind <= LOAD_GLOBAL; kind++) {
            if (operation != opcodes[kind])
                continue;
            if (kind == LOAD_ATTR)
                argument >>= opcodes[ATTR_SHIFT];
            else if (kind == LOAD_GLOBAL)
                argument >>= opcodes[GLOBAL_SHIFT];
            int other = (kind - STORE_ATTR) ^ 1;
            bit(sets[kind - STORE_ATTR], argument);
            if (sets[other][(argument & (ARGUMENTS - 1)) / 64] >> (argument % 64) & 1)
                found |= kind < STORE_GLOBAL ? WRITES_OTHERS : READS_GLOBAL;
            break;
        }
    }
    Py_DecRef(bytecode);
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

static int enter(PyObject *code, PyObject *unit) {
    PyObject *key = PyObject_CallFunctionObjArgs(known.identity, code, NULL);
    if (!key)
        return -1;
    PyObject *memory = PyDict_GetItemWithError(known.by_code, key); /* borrowed */
    int status = PyDict_SetItem(known.owners, key, unit);
    Py_DecRef(key);
    if (status < 0 || table_add(code, unit, memory != NULL) < 0)
        return -1;
    if (known.arm == &_Py_NoneStruct)
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
        unit = line ? PyObject_CallFunctionObjArgs(known.unit, path, line, name, NULL) : NULL;
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
    status = walk(path, code, unit, inside || is_function);
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

static int walk(PyObject *path, PyObject *code, PyObject *owner, int inside) {
    PyObject *constants = enter(code, owner) < 0 ? NULL : PyObject_GetAttr(code, name_consts);
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

/* register(path, code, unit): gives every function in a module's code its unit. */
static PyObject *register_code(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    if (count != 3)
        return wrong("register takes three arguments");
    return walk(given[0], given[1], given[2], 0) < 0 ? NULL : none();
}

/* switch(): what was seen in the last window is news in the next. */
static PyObject *switch_window(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self, (void)given, (void)count;
    window++;
    silent_count = 0;
    return none();
}

/* unknown([units]): how much of what is silent is not in a set. */
static PyObject *unknown(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    if (count > 1)
        return wrong("unknown takes at most one argument");
    if (count == 0)
        return PyLong_FromSsize_t((Py_ssize_t)silent_count);
    Py_ssize_t found = 0;
    for (size_t at = 0; at < silent_count; at++) {
        struct entry *entry = find(silent[at]);
        int known = entry ? PySet_Contains(given[0], entry->unit) : 1;
        if (known < 0)
            return NULL;
        found += !known;
    }
    return PyLong_FromSsize_t(found);
}

/* wake(arm, tool, event, returning, units): another window, in which what is silent is told again when it is called, but for
   the units of a set. */
static PyObject *wake(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    PyObject *nothing = count == 5 ? PyLong_FromSsize_t(0) : wrong("wake takes five arguments");
    if (!nothing)
        return NULL;
    size_t kept = 0;
    window++;
    /* The callee may let another thread run, which adds to what is silent. */
    for (size_t at = 0; at < silent_count; at++) {
        PyObject *code = silent[at];
        struct entry *entry = find(code);
        int known = given[4] != &_Py_NoneStruct && entry ? PySet_Contains(given[4], entry->unit) : 0;
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

/* started(code, offset): the callback for PY_START. */
static PyObject *started(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
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

/* Frame evaluation, before 3.12. */

static Evaluator next; /* whose turn it is after ours: Python's own, or that of a debugger */
static int has_code_in_frame; /* 3.11 */
static __thread char *lowest; /* how deep the C stack of this thread may grow under us */

/* Before 3.11 a frame is an object. 3.11's begins with the function, the globals, the builtins, the locals and the code. */
static PyObject *code_of(void *frame) {
    if (has_code_in_frame)
        return ((PyObject **)frame)[4];
    PyObject *code = PyFrame_GetCode(frame);
    Py_DecRef(code); /* the frame holds it */
    return code;
}

/* A quarter of the stack is left to those who come after us; where the stack is not known, 256 KiB are ours. */
static char *bottom(char *here) {
    uint64_t attributes[32];
    void *low = NULL;
    size_t size = 0;
    if (pthread_self && pthread_getattr_np && pthread_attr_getstack && pthread_attr_destroy &&
        pthread_getattr_np(pthread_self(), attributes) == 0) {
        if (pthread_attr_getstack(attributes, &low, &size) != 0)
            low = NULL;
        pthread_attr_destroy(attributes);
    }
    return low ? (char *)low + size / 4 : here - (256 << 10);
}

/* Calls one of the recorder's functions, which nobody traces where Python (3.11) can be told so. */
static PyObject *call(PyObject *function, PyObject *first, PyObject *second) {
    void *thread = PyThreadState_EnterTracing ? PyThreadState_Get() : NULL;
    if (thread)
        PyThreadState_EnterTracing(thread);
    PyObject *answer = PyObject_CallFunctionObjArgs(function, first, second, NULL);
    if (thread)
        PyThreadState_LeaveTracing(thread);
    return answer;
}

/* The same with the exception that may be on its way put aside; what fails there must not fail the program. */
static int ask(PyObject *function, PyObject *code, PyObject *token) {
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    PyObject *answer = call(function, code, token);
    int yes = answer ? PyObject_IsTrue(answer) : -1;
    if (answer)
        Py_DecRef(answer);
    if (yes < 0)
        PyErr_Clear();
    PyErr_Restore(kind, value, trace);
    return yes > 0;
}

static PyObject *evaluate(void *thread, void *frame, int throws) {
    PyObject *code = code_of(frame);
    struct entry *entry = find(code);
    Evaluator after = next;
    char *here = __builtin_frame_address(0);
    if (__builtin_expect(here < lowest || !lowest, 0)) {
        if (!lowest)
            lowest = bottom(here);
        if (here < lowest) {
            /* Python itself needs no stack for this; nothing is seen from here on, and the recorder knows it. */
            _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), after);
            ask(deep, &_Py_NoneStruct, &_Py_NoneStruct);
            return after(thread, frame, throws);
        }
    }
    if (!entry || (entry->seen_in == window && !entry->remembers))
        return after(thread, frame, throws);
    entry->seen_in = window;
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    if (note(entry->unit) < 0)
        PyErr_Clear();
    PyErr_Restore(kind, value, trace);
    if (!entry->remembers)
        return after(thread, frame, throws);
    static Py_ssize_t calls;
    PyObject *token = PyLong_FromSsize_t(++calls + 1000);
    if (!token)
        return NULL;
    int waits = ask(remembers, code, token);
    PyObject *result = after(thread, frame, throws);
    if (waits)
        ask(returned, token, &_Py_NoneStruct);
    Py_DecRef(token);
    return result;
}

/* evaluates(minor): whether frames of CPython 3.minor can be evaluated by us. */
static PyObject *evaluates(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    Py_ssize_t minor = count == 1 ? PyLong_AsSsize_t(given[0]) : -1;
    if (minor < 0)
        return wrong("evaluates takes a number");
    has_code_in_frame = minor == 11;
    int can = minor >= 9 && minor <= 11 && PyInterpreterState_Get && _PyInterpreterState_GetEvalFrameFunc &&
              _PyInterpreterState_SetEvalFrameFunc && (has_code_in_frame || PyFrame_GetCode);
    return PyLong_FromSsize_t(can);
}

/* resume(): frames are evaluated by us. */
static PyObject *resume(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self, (void)given, (void)count;
    void *interpreter = PyInterpreterState_Get();
    Evaluator current = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    if (current != evaluate) {
        next = current;
        _PyInterpreterState_SetEvalFrameFunc(interpreter, evaluate);
    }
    return none();
}

/* rest(): frames are evaluated by whoever did it before; if somebody came after us, all stays. */
static PyObject *rest(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self, (void)given, (void)count;
    void *interpreter = PyInterpreterState_Get();
    if (_PyInterpreterState_GetEvalFrameFunc(interpreter) == evaluate)
        _PyInterpreterState_SetEvalFrameFunc(interpreter, next);
    return none();
}

/* Audit events */

enum { LISTENERS_MAX = 4, NAMES_MAX = 32 };

struct listener {
    PyObject *handler;
    size_t count;
    PyObject *names[NAMES_MAX];
    const char *texts[NAMES_MAX];
    uint32_t initials; /* a bit for each first letter, by its lower five bits */
};

static struct listener listeners[LISTENERS_MAX];
static int listener_count;

static int equal(const char *left, const char *right) {
    while (*left && *left == *right)
        left++, right++;
    return *left == *right;
}

static int heard(const char *event, PyObject *arguments, void *data) {
    struct listener *listener = data;
    if (!(listener->initials >> (event[0] & 31) & 1))
        return 0;
    for (size_t at = 0; at < listener->count; at++) {
        if (equal(event, listener->texts[at])) {
            PyObject *done = call(listener->handler, listener->names[at], arguments);
            if (!done)
                return -1;
            Py_DecRef(done);
            return 0;
        }
    }
    return 0;
}

/* listen(handler, names): the handler is called with the name and the arguments of these audit events only. */
static PyObject *listen(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    (void)self;
    Py_ssize_t names = count == 2 ? PyTuple_Size(given[1]) : -1;
    if (names < 0 || names > NAMES_MAX || listener_count == LISTENERS_MAX)
        return wrong("listen takes a handler and a tuple of names, a few times");
    struct listener *listener = &listeners[listener_count++];
    for (Py_ssize_t at = 0; at < names; at++) {
        PyObject *name = PyTuple_GetItem(given[1], at);
        const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
        if (!text)
            return NULL;
        Py_IncRef(name);
        listener->names[at] = name, listener->texts[at] = text;
        listener->initials |= (uint32_t)1 << (text[0] & 31);
    }
    listener->count = (size_t)names;
    Py_IncRef(given[0]);
    listener->handler = given[0];
    if (PySys_AddAuditHook(heard, listener) < 0)
        return NULL;
    return none();
}

/* Questions about files */

enum { ASKING_MAX = 8 };

static PyObject *name_session;
static int quiet; /* such functions call each other */

/* stat(path, ...) in the place of a builtin function, with it, a handler and what is asked for as `self`. */
static PyObject *asked(PyObject *self, PyObject *const *given, Py_ssize_t count, PyObject *names) {
    PyObject *plain = PyTuple_GetItem(self, 0);
    int looks = !quiet && count > 0;
    if (looks) {
        PyObject *current = PyObject_GetAttr(recorder, name_current);
        PyObject *session = current ? PyObject_GetAttr(recorder, name_session) : NULL;
        looks = current != session;
        if (current)
            Py_DecRef(current);
        if (!session)
            return NULL;
        Py_DecRef(session);
    }
    for (Py_ssize_t at = 0; looks && names && at < PyTuple_Size(names); at++) {
        const char *name = PyUnicode_AsUTF8(PyTuple_GetItem(names, at));
        looks = name && !(equal(name, "dir_fd") && given[count + at] != &_Py_NoneStruct);
    }
    if (!looks)
        return PyObject_Vectorcall(plain, given, (size_t)count, names);
    PyObject *done = call(PyTuple_GetItem(self, 1), PyTuple_GetItem(self, 2), given[0]);
    if (!done)
        return NULL;
    Py_DecRef(done);
    quiet = 1;
    PyObject *result = PyObject_Vectorcall(plain, given, (size_t)count, names);
    quiet = 0;
    return result;
}

/* asking((plain, handler, kind), name): a function for the place of `plain`, which tells the handler what is asked first. */
static PyObject *asking(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static PyMethodDef made[ASKING_MAX];
    static int used_of_them;
    (void)self;
    if (count != 2 || PyTuple_Size(given[0]) != 3 || used_of_them == ASKING_MAX)
        return wrong("asking takes a tuple of three and a name, a few times");
    PyMethodDef *method = &made[used_of_them++];
    name_session = PyUnicode_InternFromString("session");
    method->name = PyUnicode_AsUTF8(given[1]);
    if (!name_session || !method->name)
        return NULL;
    Py_IncRef(given[1]); /* the name is read from it */
    method->function = (Function)(void (*)(void))asked;
    method->flags = METH_FASTCALL | METH_KEYWORDS;
    return PyCFunction_NewEx(method, given[0], NULL);
}

static PyMethodDef methods[] = {
    {"start", start, METH_FASTCALL, NULL},
    {"look_at", look_at, METH_FASTCALL, NULL},
    {"know", know, METH_FASTCALL, NULL},
    {"register", register_code, METH_FASTCALL, NULL},
    {"switch", switch_window, METH_FASTCALL, NULL},
    {"unknown", unknown, METH_FASTCALL, NULL},
    {"wake", wake, METH_FASTCALL, NULL},
    {"started", started, METH_FASTCALL, NULL},
    {"evaluates", evaluates, METH_FASTCALL, NULL},
    {"resume", resume, METH_FASTCALL, NULL},
    {"rest", rest, METH_FASTCALL, NULL},
    {"listen", listen, METH_FASTCALL, NULL},
    {"asking", asking, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {.base = {1, NULL}, .name = "_dx_events", .size = -1, .methods = methods};

__attribute__((visibility("default"))) PyObject *PyInit__dx_events(void) {
    return PyModule_Create2(&definition, ABI_VERSION);
}
