//! The binary: flags, logs, and the runtime.

use policy_engine::disarm::disarmed;
use provider::config::{self, Command, USAGE};
use std::{io::Write as _, process::ExitCode};

fn main() -> ExitCode {
    let config = match config::parse(std::env::args().skip(1)) {
        Ok(Command::Run(config)) => *config,
        Ok(Command::Help) => return print(USAGE),
        Ok(Command::Version) => return print(concat!(env!("CARGO_PKG_VERSION"), "\n")),
        Err(error) => {
            let error = disarmed(&error.to_string());
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
            return fail(&format!("cannot start the runtime: {error}"));
        }
    };
    if let Some(file) = &config.publish_snapshot {
        return match runtime.block_on(provider::publish(&config, file)) {
            Ok(answer) => print(&format!("{answer}\n")),
            Err(problem) => fail(&format!("the snapshot is not published: {problem}")),
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
            Ok(answer) => print(&format!("{answer}\n")),
            Err(problem) => fail(&format!("the provider is not available: {problem}")),
        };
    }
    provider::logs::start(&config);
    if config.self_check {
        let (status, code) = runtime.block_on(provider::self_check(&config));
        print(&status);
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

fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Prints a problem; messages of an API server and files contain text of others.
fn fail(problem: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{}", disarmed(problem));
    ExitCode::FAILURE
}
