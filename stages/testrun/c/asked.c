/* Questions about files that do not open them. */

#include "recorder.h"

enum { ASKING_MAX = 16 };

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

/* asking((plain, handler, kind), name): a function for the place of `plain`, which tells the handler what is asked first; None
   before 3.11, which has no function for such calls. */
METHOD(asking) {
    static PyMethodDef made[ASKING_MAX];
    static int used_of_them;
    if (count != 2 || PyTuple_Size(given[0]) != 3 || used_of_them == ASKING_MAX)
        return wrong("asking takes a tuple of three and a name, a few times");
    if (!PyObject_Vectorcall)
        return none();
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
