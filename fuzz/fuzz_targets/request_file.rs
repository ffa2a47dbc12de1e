//! Any bytes as a request file: mistakes have places inside the text, and what can be read can be decided.

#![no_main]

use ascp_policy_fuzz::{decide, spans};
use libfuzzer_sys::fuzz_target;
use policy_engine::{
    request::file,
    source::{Shown, SourceMap},
    syntax::json,
    uncertainty::Uncertainties,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut sources = SourceMap::default();
    let source = sources.add("request", Shown::whole(text));
    let node = match json::parse(source, text) {
        Ok(node) => node,
        Err(error) => return spans::origin(&sources, error.origin),
    };
    match file::read(&node) {
        Ok(question) => {
            let policies = question.policies.as_policies();
            let (_, explanation) =
                decide::agree(&question.request, &policies, Uncertainties::NONE, text);
            spans::explanation(&sources, &explanation);
        }
        Err(errors) => {
            assert!(
                !errors.is_empty(),
                "a question that is refused has a reason"
            );
            for error in &errors {
                spans::origin(&sources, error.origin);
            }
        }
    }
});
