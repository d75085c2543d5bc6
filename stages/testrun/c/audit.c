/* Audit events, of which most are of no interest. */

#include "recorder.h"

enum { LISTENERS_MAX = 4, NAMES_MAX = 32 };

struct listener {
    PyObject *handler;
    size_t count;
    PyObject *names[NAMES_MAX];
    const char *texts[NAMES_MAX];
    uint32_t seconds[32]; /* by a first letter, a bit for each second one; of both the lower five bits */
};

static struct listener listeners[LISTENERS_MAX];
static int listener_count;
static void *home; /* the interpreter that listens: hooks are for all of a process */

/* Of bytecode that is opened, which happens for almost every module, nobody wants to know. */
static int is_bytecode(const char *event, PyObject *arguments) {
    static const char ending[] = ".pyc";
    Py_ssize_t length;
    if (!equal(event, "open"))
        return 0;
    const char *path = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(arguments, 0), &length);
    if (!path)
        PyErr_Clear(); /* a descriptor, or a name that is not UTF-8 */
    Py_ssize_t from = length - (Py_ssize_t)sizeof ending + 1;
    return path && from >= 0 && equal(path + from, ending);
}

static int heard(const char *event, PyObject *arguments, void *data) {
    struct listener *listener = data;
    if (!event[0] || !(listener->seconds[event[0] & 31] >> (event[1] & 31) & 1))
        return 0;
    for (size_t at = 0; at < listener->count; at++) {
        if (equal(event, listener->texts[at])) {
            if (PyInterpreterState_Get() != home || is_bytecode(event, arguments))
                return 0;
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
METHOD(listen) {
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
        if (text[0])
            listener->seconds[text[0] & 31] |= (uint32_t)1 << (text[1] & 31);
    }
    listener->count = (size_t)names;
    Py_IncRef(given[0]);
    listener->handler = given[0];
    home = PyInterpreterState_Get();
    if (PySys_AddAuditHook(heard, listener) < 0)
        return NULL;
    return none();
}
