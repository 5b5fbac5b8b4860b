
// What runs below an answer in Rust: each result goes to descriptor 3 as a line of JSON.
mod bench_driver {
    use std::collections::*;
    use std::fmt::Write as _;
    use std::io::{Read, Seek, SeekFrom, Write as _};
    use std::os::fd::{AsRawFd, FromRawFd};
    use std::sync::Mutex;

    extern "C" {
        fn dup2(from: i32, to: i32) -> i32;
    }

    pub static PRINTED: Mutex<Option<(std::fs::File, u64)>> = Mutex::new(None);
    pub static PANICKED: Mutex<String> = Mutex::new(String::new());

    pub fn text(value: &str) -> String {
        let mut out = String::from("\"");
        for c in value.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                c if (c as u32) < 0x20 || (c as u32) == 0x7f => {
                    let _ = write!(out, "\\u{:04x}", c as u32);
                }
                c => out.push(c),
            }
        }
        out.push('"');
        out
    }

    pub trait Encode {
        fn encode(&self) -> String;
    }
    macro_rules! integers { ($($t:ty)*) => { $(impl Encode for $t {
        fn encode(&self) -> String { format!("{{\"t\":\"int\",\"v\":\"{}\"}}", self) }
    })* } }
    integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
    macro_rules! floats { ($($t:ty)*) => { $(impl Encode for $t {
        fn encode(&self) -> String {
            let v = if self.is_nan() { String::from("\"nan\"") }
                else if self.is_infinite() { String::from(if *self > 0.0 { "\"inf\"" } else { "\"-inf\"" }) }
                else { format!("{:?}", self) };
            format!("{{\"t\":\"float\",\"v\":{}}}", v)
        }
    })* } }
    floats!(f32 f64);
    impl Encode for bool {
        fn encode(&self) -> String { format!("{{\"t\":\"bool\",\"v\":{}}}", self) }
    }
    impl Encode for str {
        fn encode(&self) -> String { format!("{{\"t\":\"str\",\"v\":{}}}", text(self)) }
    }
    impl Encode for String {
        fn encode(&self) -> String { self.as_str().encode() }
    }
    impl Encode for char {
        fn encode(&self) -> String { self.to_string().encode() }
    }
    impl Encode for () {
        fn encode(&self) -> String { String::from("{\"t\":\"null\"}") }
    }
    impl<T: Encode + ?Sized> Encode for &T {
        fn encode(&self) -> String { (**self).encode() }
    }
    impl<T: Encode + ?Sized> Encode for &mut T {
        fn encode(&self) -> String { (**self).encode() }
    }
    impl<T: Encode + ?Sized> Encode for Box<T> {
        fn encode(&self) -> String { (**self).encode() }
    }
    impl<T: Encode + ?Sized> Encode for std::rc::Rc<T> {
        fn encode(&self) -> String { (**self).encode() }
    }
    impl<T: Encode> Encode for Option<T> {
        fn encode(&self) -> String {
            match self { Some(x) => x.encode(), None => String::from("{\"t\":\"null\"}") }
        }
    }
    fn items<'a, T: Encode + 'a>(kind: &str, all: impl Iterator<Item = &'a T>) -> String {
        let parts: Vec<String> = all.map(|x| x.encode()).collect();
        format!("{{\"t\":\"{}\",\"v\":[{}]}}", kind, parts.join(","))
    }
    impl<T: Encode> Encode for [T] {
        fn encode(&self) -> String { items("list", self.iter()) }
    }
    impl<T: Encode, const N: usize> Encode for [T; N] {
        fn encode(&self) -> String { items("list", self.iter()) }
    }
    impl<T: Encode> Encode for Vec<T> {
        fn encode(&self) -> String { items("list", self.iter()) }
    }
    impl<T: Encode> Encode for VecDeque<T> {
        fn encode(&self) -> String { items("list", self.iter()) }
    }
    impl<T: Encode, S> Encode for HashSet<T, S> {
        fn encode(&self) -> String { items("set", self.iter()) }
    }
    impl<T: Encode> Encode for BTreeSet<T> {
        fn encode(&self) -> String { items("set", self.iter()) }
    }
    fn pairs<'a, K: Encode + 'a, V: Encode + 'a>(all: impl Iterator<Item = (&'a K, &'a V)>) -> String {
        let parts: Vec<String> = all.map(|(k, v)| format!("[{},{}]", k.encode(), v.encode())).collect();
        format!("{{\"t\":\"dict\",\"v\":[{}]}}", parts.join(","))
    }
    impl<K: Encode, V: Encode, S> Encode for HashMap<K, V, S> {
        fn encode(&self) -> String { pairs(self.iter()) }
    }
    impl<K: Encode, V: Encode> Encode for BTreeMap<K, V> {
        fn encode(&self) -> String { pairs(self.iter()) }
    }
    macro_rules! tuples { ($($name:ident $at:tt),*) => { impl<$($name: Encode),*> Encode for ($($name,)*) {
        fn encode(&self) -> String {
            let parts = vec![$(self.$at.encode()),*];
            format!("{{\"t\":\"tuple\",\"v\":[{}]}}", parts.join(","))
        }
    } } }
    tuples!(A 0);
    tuples!(A 0, B 1);
    tuples!(A 0, B 1, C 2);
    tuples!(A 0, B 1, C 2, D 3);
    tuples!(A 0, B 1, C 2, D 3, E 4);

    /// What is printed goes to a file, and is read from it after each row.
    pub fn open() {
        let path = "/tmp/bench-printed";
        let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path).unwrap();
        unsafe { dup2(file.as_raw_fd(), 1) };
        *PRINTED.lock().unwrap() = Some((file, 0));
        std::panic::set_hook(Box::new(|info| {
            let message = if let Some(s) = info.payload().downcast_ref::<&str>() { s.to_string() }
                else if let Some(s) = info.payload().downcast_ref::<String>() { s.clone() }
                else { String::from("panic") };
            if let Ok(mut last) = PANICKED.lock() { *last = message; }
        }));
    }

    pub fn say(body: String) {
        let _ = std::io::stdout().flush();
        let mut printed = String::new();
        let mut size = 0;
        if let Some((file, from)) = PRINTED.lock().unwrap().as_mut() {
            let at = file.stream_position().unwrap_or(0);
            let mut bytes = Vec::new();
            let _ = file.seek(SeekFrom::Start(*from));
            let _ = file.read_to_end(&mut bytes);
            *from += bytes.len() as u64;
            size = *from;
            let _ = file.seek(SeekFrom::Start(at.max(*from)));
            printed = String::from_utf8_lossy(&bytes).into_owned();
        }
        let line = format!("{{{},\"stdout\":{},\"output\":{}}}\n", body, text(&printed), size);
        let mut out = std::mem::ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(3) });
        let _ = out.write_all(line.as_bytes());
    }

    pub fn raised(kind: &str, message: &str) -> String {
        format!("\"raised\":{{\"types\":[{}],\"message\":{},\"line\":null}}", text(kind), text(message))
    }
}

#[allow(dead_code)]
fn bench_encoded<T: bench_driver::Encode + ?Sized>(value: &T) -> String {
    bench_driver::Encode::encode(value)
}

#[allow(dead_code)]
fn bench_value<T: bench_driver::Encode + ?Sized>(value: &T) -> Result<String, String> {
    Ok(bench_encoded(value))
}

#[allow(dead_code)]
fn bench_result<T: bench_driver::Encode, E: std::fmt::Debug>(value: Result<T, E>) -> Result<String, String> {
    match value {
        Ok(value) => Ok(bench_encoded(&value)),
        Err(error) => Err(format!("{:?}", error)),
    }
}

fn bench_row(row: impl FnOnce() -> (Result<String, String>, Vec<String>)) {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(row)) {
        Ok((Ok(value), after)) => bench_driver::say(format!("\"value\":{},\"argsAfter\":[{}]", value, after.join(","))),
        Ok((Err(error), _)) => bench_driver::say(bench_driver::raised("Err", &error)),
        Err(_) => {
            let message = bench_driver::PANICKED.lock().map(|m| m.clone()).unwrap_or_default();
            bench_driver::say(bench_driver::raised("panic", &message));
        }
    }
}

#[allow(unused_mut, unused_variables)]
fn main() {
    bench_driver::open();
    // ROWS
}
