//! Module `errno`: the system's error numbers by name, and their names by number.

use dx_object::types::dict;
use dx_object::value::Value;

use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    fill: Some(|thread, module| {
        let names = dict::new(thread);
        for &(name, number) in ERRORS {
            let number = Value::small(i64::from(number));
            module.set_text(thread, name, number)?;
            names.set(thread, number, thread.intern(name))?;
        }
        // Of two names for one number the usual one is answered.
        for (name, number) in
            [("EAGAIN", libc::EAGAIN), ("EDEADLK", libc::EDEADLK), ("ENOTSUP", libc::ENOTSUP)]
        {
            names.set(thread, Value::small(i64::from(number)), thread.intern(name))?;
        }
        module.set_text(thread, "errorcode", names.value())
    }),
    ..ModuleSpec::new(
        "errno",
        "This module makes available standard errno system symbols.\n\nThe value of each symbol is the corresponding \
         integer value,\ne.g., on most systems, errno.ENOENT equals the integer 2.\n\nThe dictionary errno.errorcode maps \
         numeric codes to symbol names,\ne.g., errno.errorcode[2] could be the string 'ENOENT'.\n\nSymbols that are not \
         relevant to the underlying system are not defined.\n\nTo map error codes to error messages, use the function \
         os.strerror(),\ne.g. os.strerror(2) could return 'No such file or directory'.",
    )
};

macro_rules! errors {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name)),*] };
}

static ERRORS: &[(&str, i32)] = errors! {
    ENODEV ENOCSI EHOSTUNREACH ENOMSG EUCLEAN EL2NSYNC EL2HLT ENODATA ENOTBLK ENOSYS EPIPE EINVAL EOVERFLOW EADV EINTR
    EUSERS ENOTEMPTY ENOBUFS EPROTO EREMOTE ENAVAIL ECHILD ELOOP EXDEV E2BIG ESRCH EMSGSIZE EAFNOSUPPORT EBADR
    EHOSTDOWN EPFNOSUPPORT ENOPROTOOPT EBUSY EWOULDBLOCK EBADFD EDOTDOT EISCONN ENOTCONN ESHUTDOWN ECONNREFUSED EPERM
    ENETUNREACH EDESTADDRREQ EBADE EILSEQ EBADF ENETDOWN ENOTUNIQ EIO EBADRQC EDEADLOCK ENOMEM ENOTNAM ECOMM ESPIPE EROFS
    EALREADY ENONET ENETRESET ENOLINK ELIBEXEC EPROTONOSUPPORT ECONNRESET EMFILE ETOOMANYREFS EPROTOTYPE ENOTSOCK
    ENOPKG EBADSLT ENFILE ESRMNT EDOM EFAULT ENOSTR EISDIR ENOTTY EISNAM EL3HLT EDEADLK EADDRINUSE ETIME ERANGE
    EMLINK EDQUOT ENXIO EADDRNOTAVAIL ETXTBSY ECONNABORTED ENOTDIR ENOEXEC ENOENT ESTALE EXFULL ESOCKTNOSUPPORT ENOLCK
    ELIBACC EREMOTEIO ELIBMAX EMULTIHOP EAGAIN ETIMEDOUT EUNATCH EACCES EOPNOTSUPP ENOTSUP ELNRNG EREMCHG
    ENAMETOOLONG EBADMSG EFBIG ELIBBAD ENOANO ENOSPC ECHRNG EL3RST EEXIST ENOSR ELIBSCN ECANCELED EKEYEXPIRED
    EKEYREJECTED EKEYREVOKED EOWNERDEAD ENOTRECOVERABLE ENOMEDIUM EMEDIUMTYPE ENOKEY EINPROGRESS ESTRPIPE ERESTART EHWPOISON
    ERFKILL EBFONT
};
