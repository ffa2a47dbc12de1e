//! A loopback server that stands in for services that moto lacks, or that are to refuse.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// What the server answers.
#[derive(Default)]
struct World {
    /// `GET /path`, or the target header and the thing that is asked about, to an answer.
    answers: BTreeMap<String, Value>,
    /// Beginnings of what is refused.
    refused: Vec<String>,
}

/// A server that runs until the test ends.
pub(crate) struct StandIn {
    pub(crate) url: String,
    world: Arc<Mutex<World>>,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(World::default()));
        let served = Arc::clone(&world);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let world = Arc::clone(&served);
                std::thread::spawn(move || serve(stream, &world));
            }
        });
        Self { url, world }
    }

    pub(crate) fn set(&self, request: &str, answer: Value) {
        self.world
            .lock()
            .unwrap()
            .answers
            .insert(request.to_owned(), answer);
    }

    /// Refuses every request that begins so.
    pub(crate) fn refuse(&self, beginning: &str) {
        self.world
            .lock()
            .unwrap()
            .refused
            .push(beginning.to_owned());
    }
}

/// Answers the requests of one connection; nothing when it ends.
fn serve(stream: TcpStream, world: &Mutex<World>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut first = String::new();
        reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
        let (mut length, mut target) = (0, None);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok()?,
                "x-amz-target" => target = Some(value.to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let request = match target {
            Some(target) => {
                let body: Value = serde_json::from_slice(&body).unwrap_or_default();
                let about = ["ChildId", "TargetId", "PolicyId"].map(|name| body[name].as_str());
                let about = about.into_iter().flatten().next().unwrap_or_default();
                format!("{target} {about}")
            }
            None => first.rsplit_once(' ')?.0.to_owned(),
        };
        let answer = world.lock().unwrap().answer(&request);
        let status = answer["status"].as_u64().unwrap_or(200);
        let kind = answer["__type"].as_str().unwrap_or_default().to_owned();
        let body = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nx-amzn-errortype: {kind}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        writer.write_all((head + &body).as_bytes()).ok()?;
    }
}

impl World {
    fn answer(&self, request: &str) -> Value {
        if self
            .refused
            .iter()
            .any(|prefix| request.starts_with(prefix))
        {
            return json!({"status": 400, "__type": "AccessDeniedException", "message": "not authorized"});
        }
        let known = self.answers.get(request);
        known
            .cloned()
            .unwrap_or_else(|| json!({"status": 501, "__type": "NoAnswer", "message": request}))
    }
}
