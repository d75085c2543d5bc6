//! The hierarchy of builtin exceptions.

use super::{ExceptionObject, methods};
use crate::spec::{Layout, TypeSpec, flags};

const FLAGS: u32 = flags::BASE | flags::IS_EXCEPTION | flags::DICT;

pub static BASE_EXCEPTION: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<ExceptionObject>()),
    flags: FLAGS,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: Some("Common base class for all exceptions"),
    ..TypeSpec::new("BaseException")
};

macro_rules! exceptions {
    (@own) => { methods::Own::NOTHING };
    (@own $own:ident) => { methods::$own };
    ($($id:ident $name:literal ($($base:ident),+) $doc:literal $(with $own:ident)?;)*) => {
        $(pub static $id: TypeSpec = TypeSpec {
            bases: &[$(&$base),+],
            flags: FLAGS,
            doc: Some($doc),
            slots: exceptions!(@own $($own)?).slots,
            methods: exceptions!(@own $($own)?).methods,
            getset: exceptions!(@own $($own)?).getset,
            ..TypeSpec::new($name)
        };)*
    };
}

exceptions! {
    EXCEPTION "Exception" (BASE_EXCEPTION) "Common base class for all non-exit exceptions.";
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" (BASE_EXCEPTION) "A combination of multiple unrelated exceptions." with BASE_EXCEPTION_GROUP;
    EXCEPTION_GROUP "ExceptionGroup" (BASE_EXCEPTION_GROUP, EXCEPTION) "";
    SYSTEM_EXIT "SystemExit" (BASE_EXCEPTION) "Request to exit from the interpreter." with SYSTEM_EXIT;
    KEYBOARD_INTERRUPT "KeyboardInterrupt" (BASE_EXCEPTION) "Program interrupted by user.";
    GENERATOR_EXIT "GeneratorExit" (BASE_EXCEPTION) "Request that a generator exit.";
    STOP_ITERATION "StopIteration" (EXCEPTION) "Signal the end from iterator.__next__()." with STOP_ITERATION;
    STOP_ASYNC_ITERATION "StopAsyncIteration" (EXCEPTION) "Signal the end from iterator.__anext__().";
    ARITHMETIC_ERROR "ArithmeticError" (EXCEPTION) "Base class for arithmetic errors.";
    FLOATING_POINT_ERROR "FloatingPointError" (ARITHMETIC_ERROR) "Floating-point operation failed.";
    OVERFLOW_ERROR "OverflowError" (ARITHMETIC_ERROR) "Result too large to be represented.";
    ZERO_DIVISION_ERROR "ZeroDivisionError" (ARITHMETIC_ERROR)
        "Second argument to a division or modulo operation was zero.";
    ASSERTION_ERROR "AssertionError" (EXCEPTION) "Assertion failed.";
    ATTRIBUTE_ERROR "AttributeError" (EXCEPTION) "Attribute not found." with ATTRIBUTE_ERROR;
    BUFFER_ERROR "BufferError" (EXCEPTION) "Buffer error.";
    EOF_ERROR "EOFError" (EXCEPTION) "Read beyond end of file.";
    IMPORT_ERROR "ImportError" (EXCEPTION) "Import can't find module, or can't find name in module." with IMPORT_ERROR;
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" (IMPORT_ERROR) "Module not found.";
    LOOKUP_ERROR "LookupError" (EXCEPTION) "Base class for lookup errors.";
    INDEX_ERROR "IndexError" (LOOKUP_ERROR) "Sequence index out of range.";
    KEY_ERROR "KeyError" (LOOKUP_ERROR) "Mapping key not found." with KEY_ERROR;
    MEMORY_ERROR "MemoryError" (EXCEPTION) "Out of memory.";
    NAME_ERROR "NameError" (EXCEPTION) "Name not found globally." with NAME_ERROR;
    UNBOUND_LOCAL_ERROR "UnboundLocalError" (NAME_ERROR) "Local name referenced but not bound to a value.";
    OS_ERROR "OSError" (EXCEPTION) "Base class for I/O related errors." with OS_ERROR;
    BLOCKING_IO_ERROR "BlockingIOError" (OS_ERROR) "I/O operation would block.";
    CHILD_PROCESS_ERROR "ChildProcessError" (OS_ERROR) "Child process error.";
    CONNECTION_ERROR "ConnectionError" (OS_ERROR) "Connection error.";
    BROKEN_PIPE_ERROR "BrokenPipeError" (CONNECTION_ERROR) "Broken pipe.";
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" (CONNECTION_ERROR) "Connection aborted.";
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" (CONNECTION_ERROR) "Connection refused.";
    CONNECTION_RESET_ERROR "ConnectionResetError" (CONNECTION_ERROR) "Connection reset.";
    FILE_EXISTS_ERROR "FileExistsError" (OS_ERROR) "File already exists.";
    FILE_NOT_FOUND_ERROR "FileNotFoundError" (OS_ERROR) "File not found.";
    INTERRUPTED_ERROR "InterruptedError" (OS_ERROR) "Interrupted by signal.";
    IS_A_DIRECTORY_ERROR "IsADirectoryError" (OS_ERROR) "Operation doesn't work on directories.";
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" (OS_ERROR) "Operation only works on directories.";
    PERMISSION_ERROR "PermissionError" (OS_ERROR) "Not enough permissions.";
    PROCESS_LOOKUP_ERROR "ProcessLookupError" (OS_ERROR) "Process not found.";
    TIMEOUT_ERROR "TimeoutError" (OS_ERROR) "Timeout expired.";
    REFERENCE_ERROR "ReferenceError" (EXCEPTION) "Weak ref proxy used after referent went away.";
    RUNTIME_ERROR "RuntimeError" (EXCEPTION) "Unspecified run-time error.";
    NOT_IMPLEMENTED_ERROR "NotImplementedError" (RUNTIME_ERROR) "Method or function hasn't been implemented yet.";
    RECURSION_ERROR "RecursionError" (RUNTIME_ERROR) "Recursion limit exceeded.";
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError" (RUNTIME_ERROR)
        "Operation blocked during Python finalization.";
    SYNTAX_ERROR "SyntaxError" (EXCEPTION) "Invalid syntax." with SYNTAX_ERROR;
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError" (SYNTAX_ERROR) "incomplete input.";
    INDENTATION_ERROR "IndentationError" (SYNTAX_ERROR) "Improper indentation.";
    TAB_ERROR "TabError" (INDENTATION_ERROR) "Improper mixture of spaces and tabs.";
    SYSTEM_ERROR "SystemError" (EXCEPTION)
        "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the \
         traceback,\nthe Python version, and the hardware/OS platform and version.";
    TYPE_ERROR "TypeError" (EXCEPTION) "Inappropriate argument type.";
    VALUE_ERROR "ValueError" (EXCEPTION) "Inappropriate argument value (of correct type).";
    UNICODE_ERROR "UnicodeError" (VALUE_ERROR) "Unicode related error.";
    UNICODE_DECODE_ERROR "UnicodeDecodeError" (UNICODE_ERROR) "Unicode decoding error." with UNICODE_DECODE_ERROR;
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" (UNICODE_ERROR) "Unicode encoding error." with UNICODE_ENCODE_ERROR;
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" (UNICODE_ERROR) "Unicode translation error." with UNICODE_TRANSLATE_ERROR;
    WARNING "Warning" (EXCEPTION) "Base class for warning categories.";
    BYTES_WARNING "BytesWarning" (WARNING)
        "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or \
         comparing to str.";
    DEPRECATION_WARNING "DeprecationWarning" (WARNING) "Base class for warnings about deprecated features.";
    ENCODING_WARNING "EncodingWarning" (WARNING) "Base class for warnings about encodings.";
    FUTURE_WARNING "FutureWarning" (WARNING)
        "Base class for warnings about constructs that will change semantically\nin the future.";
    IMPORT_WARNING "ImportWarning" (WARNING) "Base class for warnings about probable mistakes in module imports";
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" (WARNING)
        "Base class for warnings about features which will be deprecated\nin the future.";
    RESOURCE_WARNING "ResourceWarning" (WARNING) "Base class for warnings about resource usage.";
    RUNTIME_WARNING "RuntimeWarning" (WARNING) "Base class for warnings about dubious runtime behavior.";
    SYNTAX_WARNING "SyntaxWarning" (WARNING) "Base class for warnings about dubious syntax.";
    UNICODE_WARNING "UnicodeWarning" (WARNING)
        "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    USER_WARNING "UserWarning" (WARNING) "Base class for warnings generated by user code.";
}
