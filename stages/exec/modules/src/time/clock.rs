//! The system's clocks and calendar, the only unsafe part of module `time`.

use std::ffi::CStr;
use std::io;

unsafe extern "C" {
    fn tzset();
}

/// Nanoseconds on a clock.
pub(super) fn read(id: i32) -> io::Result<i128> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes one timespec, which is ours.
    if unsafe { libc::clock_gettime(id, &raw mut time) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec))
}

/// The system's text for an error number.
pub(super) fn message(number: i32) -> String {
    let text = io::Error::from_raw_os_error(number).to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// Reads `TZ` anew.
pub(super) fn read_zone() {
    // SAFETY: reads the environment; the runtime changes it on this thread only.
    unsafe { tzset() }
}

/// An empty calendar time.
pub(super) fn empty() -> libc::tm {
    // SAFETY: all fields are plain data, for which zero is valid.
    unsafe { std::mem::zeroed() }
}

/// Seconds since the epoch as calendar time; nothing when the year does not fit.
pub(super) fn broken_down(seconds: i64, utc: bool) -> Option<libc::tm> {
    let mut time = empty();
    // SAFETY: reads one number and writes one tm, both ours.
    let done = unsafe {
        if utc {
            libc::gmtime_r(&raw const seconds, &raw mut time)
        } else {
            libc::localtime_r(&raw const seconds, &raw mut time)
        }
    };
    (!done.is_null()).then_some(time)
}

/// Calendar time in the local zone as seconds; nothing when it has none.
pub(super) fn seconds_of(mut time: libc::tm) -> Option<i64> {
    // `mktime` answers -1 for an error, but also for the second before the epoch.
    time.tm_wday = -1;
    // SAFETY: changes one tm, which is ours.
    let seconds = unsafe { libc::mktime(&raw mut time) };
    if seconds == -1 && time.tm_wday == -1 { None } else { Some(seconds) }
}

/// The name of the zone of a calendar time.
pub(super) fn zone_name(time: &libc::tm) -> String {
    if time.tm_zone.is_null() {
        return String::new();
    }
    // SAFETY: the library points it to a text that ends with zero.
    unsafe { CStr::from_ptr(time.tm_zone) }.to_string_lossy().into_owned()
}

/// `strftime`; the format has no zero in it.
pub(super) fn format(time: &libc::tm, format: &CStr) -> Vec<u8> {
    let mut buffer = vec![0u8; 256];
    loop {
        // SAFETY: writes at most the buffer's length.
        let written =
            unsafe { libc::strftime(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), time) };
        if written > 0 || buffer.len() > 256 * format.count_bytes().max(1) {
            buffer.truncate(written);
            return buffer;
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}
