/* Before 3.12: functions are seen when their frames are evaluated (PEP 523). That costs a few nanoseconds a call, where a trace
   function makes every instruction slow. */

#include "recorder.h"

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

/* Calls one of the recorder's functions with the exception that may be on its way put aside; what fails there must not fail the
   program. */
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
    if (!entry->remembers || throws)
        return after(thread, frame, throws);
    static Py_ssize_t calls; /* tells calls apart */
    PyObject *token = PyLong_FromSsize_t(++calls + 1000);
    if (!token) {
        PyErr_Clear();
        return after(thread, frame, throws);
    }
    int waits = ask(remembers, code, token);
    PyObject *result = after(thread, frame, throws);
    if (waits)
        ask(returned, token, &_Py_NoneStruct);
    Py_DecRef(token);
    return result;
}

/* evaluates(minor): whether frames of CPython 3.minor can be evaluated by us. */
METHOD(evaluates) {
    Py_ssize_t minor = count == 1 ? PyLong_AsSsize_t(given[0]) : -1;
    if (minor < 0)
        return wrong("evaluates takes a number");
    has_code_in_frame = minor == 11;
    int can = minor >= 9 && minor <= 11 && _PyInterpreterState_GetEvalFrameFunc &&
              _PyInterpreterState_SetEvalFrameFunc && (has_code_in_frame || PyFrame_GetCode);
    return PyLong_FromSsize_t(can);
}

/* resume(): frames are evaluated by us. */
METHOD(resume) {
    void *interpreter = PyInterpreterState_Get();
    Evaluator current = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    if (current != evaluate) {
        next = current;
        _PyInterpreterState_SetEvalFrameFunc(interpreter, evaluate);
    }
    return none();
}

/* rest(): frames are evaluated by whoever did it before; if somebody came after us, all stays. */
METHOD(rest) {
    void *interpreter = PyInterpreterState_Get();
    if (_PyInterpreterState_GetEvalFrameFunc(interpreter) == evaluate)
        _PyInterpreterState_SetEvalFrameFunc(interpreter, next);
    return none();
}
