//! The binary: flags, logs, and the runtime.

use provider::config::{self, Command, Config, USAGE};
use std::{io::Write as _, process::ExitCode};
use tracing_subscriber::{
    filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

fn main() -> ExitCode {
    let config = match config::parse(std::env::args().skip(1)) {
        Ok(Command::Run(config)) => *config,
        Ok(Command::Help) => return say(USAGE),
        Ok(Command::Version) => return say(concat!(env!("CARGO_PKG_VERSION"), "\n")),
        Err(error) => {
            let _ = write!(std::io::stderr(), "{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(file) = &config.publish_snapshot {
        return match runtime.block_on(provider::publish(&config, file)) {
            Ok(answer) => say(&format!("{answer}\n")),
            Err(problem) => {
                let _ = writeln!(
                    std::io::stderr(),
                    "the snapshot is not published: {problem}"
                );
                ExitCode::FAILURE
            }
        };
    }
    if config.health_check || config.ready_check {
        let answer = runtime.block_on(async {
            if config.ready_check {
                provider::ready_check(&config).await
            } else {
                provider::health_check(&config).await
            }
        });
        return match answer {
            Ok(answer) => say(&format!("{answer}\n")),
            Err(problem) => {
                let _ = writeln!(std::io::stderr(), "the provider does not answer: {problem}");
                ExitCode::FAILURE
            }
        };
    }
    logs(&config);
    if config.self_check {
        let (status, code) = runtime.block_on(provider::self_check(&config));
        say(&status);
        return ExitCode::from(code);
    }
    match runtime.block_on(provider::run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Logs of this program only: at their finer levels the libraries print the bodies of answers.
fn logs(config: &Config) {
    let filter = Targets::new()
        .with_target("provider", config.log_level)
        .with_target("secrets_store_csi_driver_provider_aws", config.log_level);
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false);
    if config.log_json {
        registry.with(layer.json().flatten_event(true)).init();
    } else {
        registry.with(layer.with_ansi(false)).init();
    }
    // The message of a panic may quote anything; its place does not.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
