//! Logs on standard error: one line per event, whatever text of tenants the event contains.

use crate::config::Config;
use policy_engine::disarm::{disarmed, disarmed_json};
use std::io::{self, Write};
use tracing::Subscriber;
use tracing_subscriber::{
    Layer, filter::Targets, fmt::MakeWriter, layer::SubscriberExt as _, registry::LookupSpan,
    util::SubscriberInitExt as _,
};

/// Starts the log with the events of this program only: libraries log the bodies of answers at their finer levels.
pub fn start(config: &Config) {
    let filter = Targets::new()
        .with_target("provider", config.log_level)
        .with_target("secrets_store_csi_driver_provider_aws", config.log_level);
    let layer = layer(config.log_json, io::stderr);
    tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .init();
    // The message of a panic can contain a value; its place cannot.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

/// Formats events as text or JSON; each event is disarmed as a whole, with its fields and its message.
fn layer<S, W>(json: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(Lines { writer, json })
        .with_target(false);
    if json {
        layer.json().flatten_event(true).boxed()
    } else {
        layer.with_ansi(false).boxed()
    }
}

/// Creates a writer for each event.
struct Lines<W> {
    writer: W,
    json: bool,
}

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for Lines<W> {
    type Writer = Line<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Line {
            writer: self.writer.make_writer(),
            json: self.json,
        }
    }
}

/// Writes one event, which the formatter passes as a whole.
struct Line<W> {
    writer: W,
    json: bool,
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let mut line = if self.json {
            disarmed_json(text)
        } else {
            disarmed(text)
        };
        line.push('\n');
        self.writer.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::disarm::is_hostile;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Every code point: a hostile one alone, and the others in groups, since there are a million of them.
    fn every_text() -> Vec<String> {
        let (hostile, harmless): (Vec<_>, Vec<_>) =
            (char::MIN..=char::MAX).partition(|character| is_hostile(*character));
        let groups = harmless.chunks(4096).map(|group| group.iter().collect());
        let alone = hostile.iter().map(|character| format!("a{character}b"));
        alone.chain(groups).collect()
    }

    #[test]
    fn an_event_is_one_line_whatever_code_points_it_contains() {
        let texts = every_text();
        for json in [false, true] {
            let memory = Memory::default();
            let sink = memory.clone();
            let subscriber = tracing_subscriber::registry().with(layer(json, move || sink.clone()));
            tracing::subscriber::with_default(subscriber, || {
                for text in &texts {
                    tracing::warn!(field = text, shown = %text, debug = ?text, "message {text}");
                }
            });
            let log = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
            assert_eq!(log.lines().count(), texts.len(), "json: {json}");
            let kept = |character: char| !is_hostile(character) || character == '\n';
            assert!(log.chars().all(kept), "json: {json}");
            for (line, text) in log.lines().zip(&texts) {
                if json {
                    let event: serde_json::Value = serde_json::from_str(line).unwrap();
                    assert_eq!(event["message"], format!("message {text}"));
                    assert_eq!(event["shown"], **text);
                } else {
                    assert!(
                        line.contains(&format!("shown={}", disarmed(text))),
                        "{line}"
                    );
                }
            }
        }
    }
}
