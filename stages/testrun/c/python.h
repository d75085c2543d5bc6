/* The part of CPython's C interface that the library uses. Its headers are not needed: the stable ABI
   (https://docs.python.org/3/c-api/stable.html) does not change, and what is not in it is weak, thus absent where a Python does
   not have it. */

#ifndef DX_PYTHON_H
#define DX_PYTHON_H

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
PyObject *PyErr_Occurred(void);
void PyErr_Fetch(PyObject **, PyObject **, PyObject **);
void PyErr_Restore(PyObject *, PyObject *, PyObject *);
PyObject *PyObject_GetAttr(PyObject *, PyObject *);
PyObject *PyObject_CallFunctionObjArgs(PyObject *, ...);
WEAK PyObject *PyObject_Vectorcall(PyObject *, PyObject *const *, size_t, PyObject *);
PyObject *PyCFunction_NewEx(PyMethodDef *, PyObject *, PyObject *);
int PyObject_IsTrue(PyObject *);
PyObject *PyUnicode_InternFromString(const char *);
const char *PyUnicode_AsUTF8(PyObject *);
const char *PyUnicode_AsUTF8AndSize(PyObject *, Py_ssize_t *);
PyObject *PyLong_FromSsize_t(Py_ssize_t);
Py_ssize_t PyLong_AsSsize_t(PyObject *);
Py_ssize_t PyTuple_Size(PyObject *);
PyObject *PyTuple_GetItem(PyObject *, Py_ssize_t);
PyObject *PyTuple_Pack(Py_ssize_t, ...);
Py_ssize_t PyList_Size(PyObject *);
int PyList_Append(PyObject *, PyObject *);
int PyBytes_AsStringAndSize(PyObject *, char **, Py_ssize_t *);
PyObject *PyDict_GetItemWithError(PyObject *, PyObject *);
int PyDict_Contains(PyObject *, PyObject *);
int PyDict_SetItem(PyObject *, PyObject *, PyObject *);
int PySet_Add(PyObject *, PyObject *);
int PySet_Contains(PyObject *, PyObject *);
int PySys_AddAuditHook(int (*)(const char *, PyObject *, void *), void *);

typedef PyObject *(*Evaluator)(void *thread, void *frame, int throws);
void *PyInterpreterState_Get(void);
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

static inline PyObject *none(void) {
    Py_IncRef(&_Py_NoneStruct);
    return &_Py_NoneStruct;
}

static inline PyObject *wrong(const char *text) {
    PyErr_SetString(PyExc_TypeError, text);
    return NULL;
}

/* A function of the module. */
#define UNUSED __attribute__((unused))
#define METHOD(name) \
    PyObject *method_##name(UNUSED PyObject *self, UNUSED PyObject *const *given, UNUSED Py_ssize_t count)

#endif
