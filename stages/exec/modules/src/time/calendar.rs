//! Calendar time: `struct_time` and what makes or reads one.

use std::ffi::CString;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::thread::Thread;
use dx_object::types::dict::DictObject;
use dx_object::value::Value;

use super::clock;
use crate::convert::{c_int, index, type_name};
use crate::struct_sequence;

const FIELDS: &[&str] =
    &["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"];
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `struct_time`, made once per interpreter and found in the module afterwards.
pub(super) fn class(thread: &Thread) -> PyResult<Value> {
    let known = thread.modules.get().as_dict().and_then(|modules| modules.get_text(thread, "time"));
    let known = known.and_then(|module| module.downcast::<dx_object::types::module::ModuleObject>());
    if let Some(class) = known.and_then(|module| module.dict()?.get_text(thread, "struct_time")) {
        return Ok(class);
    }
    struct_sequence::make_class(thread, "time", "struct_time", FIELDS, 2)
}

fn make(thread: &Thread, time: &libc::tm, utc: bool) -> PyResult<Value> {
    let year = i64::from(time.tm_year) + 1900;
    let numbers = [
        year,
        i64::from(time.tm_mon) + 1,
        i64::from(time.tm_mday),
        i64::from(time.tm_hour),
        i64::from(time.tm_min),
        i64::from(time.tm_sec),
        i64::from((time.tm_wday + 6) % 7),
        i64::from(time.tm_yday) + 1,
        i64::from(time.tm_isdst),
    ];
    let items = numbers.map(Value::small);
    let made = struct_sequence::make(thread, class(thread)?, &items)?;
    let zone = if utc { "UTC".to_owned() } else { clock::zone_name(time) };
    thread.set_attr(made, thread.intern("tm_zone"), thread.str(&zone))?;
    thread.set_attr(made, thread.intern("tm_gmtoff"), Value::small(time.tm_gmtoff))?;
    Ok(made)
}

/// Whole seconds since the epoch: the argument, or now.
fn seconds(thread: &Thread, value: Option<Value>) -> PyResult<i64> {
    let Some(value) = value.filter(|value| !value.is_none()) else {
        return Ok(super::read(thread, libc::CLOCK_REALTIME)?.div_euclid(1_000_000_000) as i64);
    };
    let seconds = match value.as_float() {
        Some(float) if float.is_nan() => return Err(thread.value_error("Invalid value NaN (not a number)")),
        Some(float) if float.abs() < 9.2e18 => Some(float.floor() as i64),
        Some(_) => None,
        None => index(thread, value)?.to_i64(),
    };
    seconds.ok_or_else(|| thread.overflow_error("timestamp out of range for platform time_t"))
}

fn tm_of(thread: &Thread, seconds: i64, utc: bool) -> PyResult<libc::tm> {
    match clock::broken_down(seconds, utc) {
        Some(time) => Ok(time),
        None => {
            let number = libc::EOVERFLOW;
            let text = thread.str(&clock::message(number));
            Err(thread.raise_args(dx_object::ids::OS_ERROR, &[Value::small(i64::from(number)), text]))
        }
    }
}

pub(super) fn broken_down(thread: &Thread, args: Args<'_>, utc: bool) -> PyResult<Value> {
    let seconds = seconds(thread, args.get(0))?;
    let time = tm_of(thread, seconds, utc)?;
    make(thread, &time, utc)
}

/// A `struct_time` or a tuple of nine ints as the system's calendar time.
fn from_tuple(thread: &Thread, value: Value) -> PyResult<libc::tm> {
    let Some(items) = value.tuple_items() else {
        return Err(thread.type_error("Tuple or struct_time argument required"));
    };
    if items.len() != 9 {
        return Err(thread.type_error("illegal time tuple argument"));
    }
    let mut numbers = [0; 9];
    for (number, &item) in numbers.iter_mut().zip(items) {
        *number = c_int(thread, item)?;
    }
    let [year, month, day, hour, minute, second, weekday, day_of_year, dst] = numbers;
    let Some(year) = year.checked_sub(1900) else { return Err(thread.overflow_error("year out of range")) };
    let mut time = clock::empty();
    time.tm_year = year;
    time.tm_mon = month.saturating_sub(1);
    time.tm_mday = day;
    time.tm_hour = hour;
    time.tm_min = minute;
    time.tm_sec = second;
    time.tm_wday = weekday.wrapping_add(1).rem_euclid(7);
    time.tm_yday = day_of_year.saturating_sub(1);
    time.tm_isdst = dst;
    Ok(time)
}

/// [`from_tuple`] for functions that index tables by the fields; zero stands for the least value.
fn checked(thread: &Thread, value: Value) -> PyResult<libc::tm> {
    let mut time = from_tuple(thread, value)?;
    if time.tm_mon == -1 {
        time.tm_mon = 0;
    }
    if time.tm_mday == 0 {
        time.tm_mday = 1;
    }
    if time.tm_yday == -1 {
        time.tm_yday = 0;
    }
    let ranges = [
        (time.tm_mon, 11, "month out of range"),
        (time.tm_mday, 31, "day of month out of range"),
        (time.tm_hour, 23, "hour out of range"),
        (time.tm_min, 59, "minute out of range"),
        (time.tm_sec, 61, "seconds out of range"),
        (time.tm_yday, 365, "day of year out of range"),
    ];
    for (number, most, message) in ranges {
        if number < 0 || number > most {
            return Err(thread.value_error(message));
        }
    }
    Ok(time)
}

fn now_or(thread: &Thread, value: Option<Value>) -> PyResult<libc::tm> {
    match value {
        Some(value) => checked(thread, value),
        None => {
            let now = seconds(thread, None)?;
            tm_of(thread, now, false)
        }
    }
}

pub(super) fn mktime(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let time = from_tuple(thread, args.positional()[0])?;
    match clock::seconds_of(time) {
        Some(seconds) => Ok(thread.float(seconds as f64)),
        None => Err(thread.overflow_error("mktime argument out of range")),
    }
}

pub(super) fn strftime(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let format = args.positional()[0];
    if format.as_str().is_none() {
        let given = type_name(thread, format);
        return Err(thread.type_error(format_args!("strftime() argument 1 must be str, not {given}")));
    }
    let time = now_or(thread, args.get(1))?;
    let mut out = Vec::new();
    let bytes = format.str_bytes().unwrap_or_default();
    for (index, part) in bytes.split(|&byte| byte == 0).enumerate() {
        if index > 0 {
            out.push(0);
        }
        if !part.is_empty()
            && let Ok(part) = CString::new(part)
        {
            out.extend(clock::format(&time, &part));
        }
    }
    Ok(thread.str(&String::from_utf8_lossy(&out)))
}

/// `Thu Jan  1 00:00:00 1970`.
fn text(thread: &Thread, time: &libc::tm) -> Value {
    let day = DAYS[time.tm_wday.rem_euclid(7) as usize];
    let month = MONTHS[time.tm_mon.rem_euclid(12) as usize];
    let year = i64::from(time.tm_year) + 1900;
    let (date, hour, minute, second) = (time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec);
    thread.str_format(format_args!("{day} {month} {date:2} {hour:02}:{minute:02}:{second:02} {year}"))
}

pub(super) fn asctime(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    now_or(thread, args.get(0)).map(|time| text(thread, &time))
}

pub(super) fn ctime(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let seconds = seconds(thread, args.get(0))?;
    tm_of(thread, seconds, false).map(|time| text(thread, &time))
}

/// `timezone`, `altzone`, `daylight` and `tzname`, from this year's January and July.
pub(super) fn add_zone(thread: &Thread, dict: Gc<DictObject>) -> PyResult<()> {
    let year = seconds(thread, None)? / 31_556_952 * 31_556_952;
    let january = clock::broken_down(year, false).unwrap_or_else(clock::empty);
    let july = clock::broken_down(year + 15_778_476, false).unwrap_or_else(clock::empty);
    let (standard, summer) =
        if january.tm_gmtoff <= july.tm_gmtoff { (january, july) } else { (july, january) };
    dict.set_text(thread, "timezone", Value::small(-standard.tm_gmtoff))?;
    dict.set_text(thread, "altzone", Value::small(-summer.tm_gmtoff))?;
    dict.set_text(thread, "daylight", Value::small(i64::from(standard.tm_gmtoff != summer.tm_gmtoff)))?;
    let names = [thread.str(&clock::zone_name(&standard)), thread.str(&clock::zone_name(&summer))];
    dict.set_text(thread, "tzname", thread.try_tuple(&names)?)
}
