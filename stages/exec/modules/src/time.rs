//! Module `time`.

mod calendar;
mod clock;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::convert::{c_int, index, type_name};
use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("time", Arity::None, |thread, _| seconds(thread, libc::CLOCK_REALTIME)),
        MethodDef::new("time_ns", Arity::None, |thread, _| nanoseconds(thread, libc::CLOCK_REALTIME)),
        MethodDef::new("monotonic", Arity::None, |thread, _| seconds(thread, libc::CLOCK_MONOTONIC)),
        MethodDef::new("monotonic_ns", Arity::None, |thread, _| nanoseconds(thread, libc::CLOCK_MONOTONIC)),
        MethodDef::new("perf_counter", Arity::None, |thread, _| seconds(thread, libc::CLOCK_MONOTONIC)),
        MethodDef::new("perf_counter_ns", Arity::None, |thread, _| {
            nanoseconds(thread, libc::CLOCK_MONOTONIC)
        }),
        MethodDef::new("process_time", Arity::None, |thread, _| {
            seconds(thread, libc::CLOCK_PROCESS_CPUTIME_ID)
        }),
        MethodDef::new("process_time_ns", Arity::None, |t, _| nanoseconds(t, libc::CLOCK_PROCESS_CPUTIME_ID)),
        MethodDef::new("thread_time", Arity::None, |thread, _| {
            seconds(thread, libc::CLOCK_THREAD_CPUTIME_ID)
        }),
        MethodDef::new("thread_time_ns", Arity::None, |t, _| nanoseconds(t, libc::CLOCK_THREAD_CPUTIME_ID)),
        MethodDef::new("clock_gettime", Arity::One, |thread, args| {
            let id = c_int(thread, args.positional()[0])?;
            seconds(thread, id)
        }),
        MethodDef::new("clock_gettime_ns", Arity::One, |thread, args| {
            let id = c_int(thread, args.positional()[0])?;
            nanoseconds(thread, id)
        }),
        MethodDef::new("sleep", Arity::One, sleep),
        MethodDef::new("gmtime", Arity::Positional(0, 1), |thread, args| {
            calendar::broken_down(thread, args, true)
        }),
        MethodDef::new("localtime", Arity::Positional(0, 1), |t, args| calendar::broken_down(t, args, false)),
        MethodDef::new("mktime", Arity::One, calendar::mktime),
        MethodDef::new("strftime", Arity::Positional(1, 2), calendar::strftime),
        MethodDef::new("asctime", Arity::Positional(0, 1), calendar::asctime),
        MethodDef::new("ctime", Arity::Positional(0, 1), calendar::ctime),
        MethodDef::new("tzset", Arity::None, |_, _| {
            clock::read_zone();
            Ok(Value::NONE)
        }),
    ]],
    fill: Some(|thread, dict| {
        dict.set_text(thread, "struct_time", calendar::class(thread)?)?;
        dict.set_text(thread, "_STRUCT_TM_ITEMS", Value::small(11))?;
        for (name, id) in [
            ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
            ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
            ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
            ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
            ("CLOCK_TAI", libc::CLOCK_TAI),
            ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
            ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
        ] {
            dict.set_text(thread, name, Value::small(i64::from(id)))?;
        }
        clock::read_zone();
        calendar::add_zone(thread, dict)
    }),
    ..ModuleSpec::new("time", "This module provides various functions to manipulate time values.")
};

fn read(thread: &Thread, id: i32) -> PyResult<i128> {
    match clock::read(id) {
        Ok(nanoseconds) => Ok(nanoseconds),
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            let text = clock::message(number);
            Err(thread
                .raise_args(dx_object::ids::OS_ERROR, &[Value::small(i64::from(number)), thread.str(&text)]))
        }
    }
}

fn seconds(thread: &Thread, id: i32) -> PyResult<Value> {
    let nanoseconds = read(thread, id)?;
    Ok(thread.float(nanoseconds as f64 / 1e9))
}

fn nanoseconds(thread: &Thread, id: i32) -> PyResult<Value> {
    Ok(thread.int_i128(read(thread, id)?))
}

/// A number of seconds as an exact count of nanoseconds, floats rounded up.
fn sleep(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let duration = if let Some(float) = value.as_float() {
        if float.is_nan() {
            return Err(thread.value_error("Invalid value NaN (not a number)"));
        }
        if float < 0.0 {
            return Err(thread.value_error("sleep length must be non-negative"));
        }
        std::time::Duration::try_from_secs_f64(float).ok()
    } else {
        if thread.type_of(value).slots().index.is_none() {
            let given = type_name(thread, value);
            return Err(thread
                .type_error(format_args!("'{given}' object cannot be interpreted as an integer or float")));
        }
        let whole = index(thread, value)?;
        if whole.is_negative() {
            return Err(thread.value_error("sleep length must be non-negative"));
        }
        whole.to_u64().map(std::time::Duration::from_secs)
    };
    match duration.filter(|duration| duration.as_secs() < 1 << 33) {
        Some(duration) => {
            std::thread::sleep(duration);
            Ok(Value::NONE)
        }
        None => Err(thread.overflow_error("timestamp too large to convert to C PyTime_t")),
    }
}
