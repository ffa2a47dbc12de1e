//! `simulate --request`: requests that bring their policies along.

use crate::support::{fixtures, run_in, run_with};
use serde_json::{Value, json};

fn request(name: &str, tag: &str) -> Value {
    json!({
        "name": name,
        "principal": "arn:aws:sts::111111111111:assumed-role/app/pod-1",
        "action": "secretsmanager:GetSecretValue",
        "resource": "arn:aws:secretsmanager:us-east-1:111111111111:secret:team-a/db-AbCdEf",
        "context": { "aws:PrincipalTag/team": "a", "aws:ResourceTag/team": tag },
        "policies": { "identity": { "name": "read", "document": {
            "Version": "2012-10-17",
            "Statement": { "Sid": "Own", "Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*",
                "Condition": { "StringEquals": { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } } }
        } } }
    })
}

fn ask(input: &str, output: &str) -> crate::support::Run {
    run_with(
        &fixtures(),
        &["simulate", "--request", "-", "--output", output],
        input,
    )
}

#[test]
fn one_request_is_answered_by_an_object_and_an_exit_code() {
    let run = ask(&request("r", "a").to_string(), "json");
    assert_eq!((run.code, &run.json()["decision"]), (0, &json!("allow")));
    let run = ask(
        &serde_json::to_string_pretty(&request("r", "b")).unwrap(),
        "json",
    );
    assert_eq!(run.code, 1);
    let answer = run.json();
    assert_eq!(answer["decision"], "refuse");
    assert_eq!(
        answer["decidedBy"],
        json!({ "stage": "identity", "policy": "read", "statement": 0, "sid": "Own", "line": 11 }),
        "{answer}"
    );
    assert_eq!(answer["stages"][0]["stage"], "identity");
    assert_eq!(answer["stages"][0]["missed"][0]["wanted"], json!(["a"]));
    assert_eq!(answer["stages"][0]["missed"][0]["found"], json!(["b"]));
}

#[test]
fn an_unknown_key_makes_the_answer_unknown_and_is_named() {
    let mut open = request("r", "a");
    open["context"] = json!({ "aws:PrincipalTag/team": "a" });
    open["unknown"] = json!(["aws:ResourceTag/team"]);
    let run = ask(&open.to_string(), "json");
    assert_eq!(
        (run.code, &run.json()["unknown"]),
        (3, &json!(["aws:ResourceTag/team"]))
    );
}

#[test]
fn a_thousand_lines_are_answered_line_by_line() {
    let line = |number: usize| {
        request(
            &format!("r{number}"),
            if number.is_multiple_of(2) { "a" } else { "b" },
        )
        .to_string()
    };
    let input: String = (0..1000).map(|number| line(number) + "\n").collect();
    let run = ask(&input, "jsonl");
    assert_eq!(run.code, 0, "{}", run.err);
    let answers: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 1000);
    for (number, answer) in answers.iter().enumerate() {
        let expected = if number % 2 == 0 { "allow" } else { "refuse" };
        assert_eq!(
            (&answer["name"], &answer["decision"]),
            (&json!(format!("r{number}")), &json!(expected))
        );
    }
}

#[test]
fn a_line_that_cannot_be_read_stops_no_other() {
    let good = request("r", "a").to_string();
    let run = ask(
        &format!("{good}\n{{\"principal\": 1}}\nnot json\n\n{good}\n"),
        "jsonl",
    );
    assert_eq!(run.code, 2);
    let answers: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 4, "{}", run.out);
    assert_eq!(answers[1]["line"], 2);
    assert!(
        answers[1]["error"]
            .as_str()
            .unwrap()
            .contains("`principal` is"),
        "{}",
        answers[1]
    );
    assert_eq!(answers[2]["line"], 3);
    assert_eq!(answers[3]["decision"], "allow");
}

#[test]
fn an_array_is_answered_by_an_array() {
    let input = json!([request("one", "a"), request("two", "b")]).to_string();
    let run = ask(&input, "json");
    assert_eq!((run.code, run.json().as_array().unwrap().len()), (0, 2));
}

#[test]
fn expectations_are_counted_and_decide_the_exit() {
    let mut good = request("good", "a");
    good["expect"] = json!("allow");
    let mut bad = request("bad", "b");
    bad["expect"] = json!("allow");
    let run = ask(&json!([good, bad]).to_string(), "text");
    assert_eq!(run.code, 1);
    assert!(run.out.ends_with("1 passed, 1 failed\n"), "{}", run.out);
    let run = ask(&format!("{good}\n{good}\n"), "text");
    assert_eq!(run.code, 0);
    assert!(run.out.ends_with("2 passed, 0 failed\n"), "{}", run.out);
}

#[test]
fn every_decision_table_passes_through_the_program() {
    let folder = fixtures().join("decisions");
    let mut tables = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let other = ["messages.json", "not-requests.json"].contains(&name);
        if other || path.extension() != Some("json".as_ref()) {
            continue;
        }
        let run = run_in(&folder, &["simulate", "--request", name, "--quiet"]);
        assert_eq!(run.code, 0, "{name}: {}{}", run.out, run.err);
        assert!(run.out.trim_end().ends_with("passed, 0 failed"), "{name}");
        tables += 1;
    }
    assert_eq!(tables, 12);
}

#[test]
fn a_request_that_cannot_be_read_is_shown_with_its_place() {
    let run = ask(
        "{\n  \"principal\": \"arn:aws:iam::1:group/x\",\n  \"action\": \"x\",\n  \"resource\": \"*\"\n}",
        "text",
    );
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("-:2:16") && run.err.contains("-:3:13"),
        "{}",
        run.err
    );
}

#[test]
fn json_lines_are_an_array_as_json_and_a_line_each_as_json_lines() {
    let input = format!("{}\n{}\n", request("one", "a"), request("two", "b"));
    let run = ask(&input, "json");
    let names: Vec<_> = run
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["name"].clone())
        .collect();
    assert_eq!((run.code, names), (0, vec![json!("one"), json!("two")]));
    assert_eq!(ask(&input, "jsonl").out.lines().count(), 2);
    let answer = ask(&format!("{}\n", request("one", "b")), "json");
    assert_eq!((answer.code, &answer.json()["name"]), (1, &json!("one")));
}

#[test]
fn a_first_line_that_cannot_be_read_is_one_bad_line() {
    let good = request("r", "a");
    let run = ask(&format!("oops\n{good}\n{good}\n"), "jsonl");
    let answers: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((run.code, answers.len()), (2, 3), "{}", run.err);
    assert_eq!(answers[0]["line"], 1);
    assert!(answers[0]["error"].is_string(), "{}", answers[0]);
    assert_eq!(answers[2]["decision"], "allow");
    let run = ask(&format!("oops\n{good}\n"), "json");
    assert_eq!((run.code, &run.json()[1]["decision"]), (2, &json!("allow")));
}

#[test]
fn one_document_over_many_lines_is_not_taken_for_json_lines() {
    let run = ask(&format!("[\n{},\n{{}} x\n]\n", request("r", "a")), "json");
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(run.err.contains("-:3:4"), "{}", run.err);
}

#[test]
fn windows_files_are_read_as_others() {
    let good = request("r", "a");
    let run = ask(&format!("\u{feff}{good}\r\n\r\n{good}\r\n"), "jsonl");
    assert_eq!((run.code, run.out.lines().count()), (0, 2), "{}", run.err);
    let run = ask(&format!("\u{feff}{good}"), "json");
    assert_eq!((run.code, &run.json()["decision"]), (0, &json!("allow")));
}

#[test]
fn a_mistake_in_a_request_is_never_passed_over() {
    let document = json!({ "Version": "2012-10-17", "Statement": [] });
    let cases = [
        ("unknown", json!("aws:SourceIp"), "`unknown` is a list"),
        ("unknown", json!([1]), "`unknown` lists names"),
        ("grants", json!({}), "`grants` is a list"),
        ("grants", json!(["x"]), "a grant is an object"),
        (
            "grants",
            json!([{ "operations": ["Decrypt"] }]),
            "needs a `grantee`",
        ),
        (
            "grants",
            json!([{ "grantee": "arn:aws:iam::111111111111:role/r" }]),
            "needs `operations`",
        ),
        (
            "grants",
            json!([{ "grantee": "x", "operations": [] }]),
            "at least one",
        ),
        (
            "grants",
            json!([{ "grantee": "x", "operations": "Decrypt" }]),
            "is a list of strings",
        ),
        (
            "grants",
            json!([{ "grantee": "x", "operations": ["Decrypt"], "contextEqual": {} }]),
            "did you mean `contextEquals`?",
        ),
        (
            "grants",
            json!([{ "grantee": "x", "operations": ["Decrypt"], "contextSubset": { "a": 1 } }]),
            "`contextSubset` is an object of strings",
        ),
        (
            "grants",
            json!([{ "grantee": "x", "operations": ["Decrypt"], "contextEquals": "a" }]),
            "`contextEquals` is an object of strings",
        ),
        ("via", json!(1), "`via` is a string"),
        ("principalId", json!([]), "`principalId` is a string"),
        ("selector", json!(3), "`selector` is a string"),
        ("inBatch", json!("yes"), "`inBatch` is true or false"),
        (
            "principal",
            json!({"service": "pods.eks.amazonaws.com"}),
            "`identity` does not apply: pods.eks.amazonaws.com has no policies of its own",
        ),
        ("resource", json!(""), "`resource` is empty"),
        ("resourceAccount", json!("1111"), "twelve digits"),
        ("resourceAccount", json!("11111111111x"), "twelve digits"),
        (
            "context",
            json!({ "aws:TagKeys": [["x"]] }),
            "a context value is a string",
        ),
        (
            "principal",
            json!({ "service": "pods.eks.amazonaws.com", "account": "1" }),
            "`account` is not a member of this principal",
        ),
        (
            "principal",
            json!({ "federated": "arn:aws:iam::111111111111:oidc-provider/x", "sub": "1" }),
            "`sub` is not a member of this principal",
        ),
        (
            "policies",
            json!({ "identity": { "name": "x", "document": document, "documnet": 1 } }),
            "did you mean `document`?",
        ),
        ("polices", json!({}), "did you mean `policies`?"),
    ];
    for (member, value, words) in cases {
        let mut wrong = request("r", "a");
        wrong[member] = value;
        let run = ask(&wrong.to_string(), "text");
        assert_eq!(run.code, 2, "{member}: {}", run.out);
        // Frames break long lines.
        let message = run.err.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = message.replace(" │ ", " ");
        assert!(message.contains(words), "{member}: {}", run.err);
    }
}

#[test]
fn a_member_that_is_written_twice_is_refused() {
    let text = request("r", "a").to_string();
    let twice = [
        ("\"action\":", "\"action\":\"sts:AssumeRole\",\"action\":"),
        ("\"identity\":", "\"identity\":null,\"identity\":"),
        (
            "\"aws:PrincipalTag/team\":",
            "\"aws:PrincipalTag/team\":\"b\",\"aws:PrincipalTag/team\":",
        ),
    ];
    for (once, again) in twice {
        let wrong = text.replacen(once, again, 1);
        assert_ne!(wrong, text);
        let run = ask(&wrong, "text");
        assert!(
            run.code == 2 && run.err.contains("is written twice"),
            "{once}: {}{}",
            run.out,
            run.err
        );
    }
}

#[test]
fn the_name_of_a_request_stays_in_its_line() {
    let run = ask(&request("a\n::error::forged\rx", "b").to_string(), "text");
    assert_eq!(run.code, 1);
    assert!(
        run.out.starts_with("not allowed  a␊::error::forged␍x\n"),
        "{}",
        run.out
    );
    let mut nameless = request("", "b");
    nameless.as_object_mut().unwrap().remove("name");
    let run = ask(&nameless.to_string(), "text");
    assert!(run.out.starts_with("not allowed\n"), "{:?}", run.out);
}

#[test]
fn one_line_is_answered_in_several_forms_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{}\n", request("r", "a"));
    std::fs::write(folder.path().join("one.json"), &line).unwrap();
    std::fs::write(folder.path().join("two.jsonl"), line.repeat(2)).unwrap();
    let ask = |file: &str| {
        let forms = ["--output", "text", "--output", "json=answer.json"];
        let arguments = [&["simulate", "--request", file][..], &forms].concat();
        run_in(folder.path(), &arguments)
    };
    let run = ask("one.json");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("allow"), "{}", run.out);
    let answer = std::fs::read_to_string(folder.path().join("answer.json")).unwrap();
    assert!(answer.contains("\"decision\": \"allow\""), "{answer}");
    let run = ask("two.jsonl");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("pass --output once"), "{}", run.err);
}

#[test]
fn a_request_that_rests_on_an_uncertainty_is_unknown_where_it_is_to_be_reported() {
    let table = "decisions/uncertainties.json";
    let run = run_in(
        &fixtures(),
        &["simulate", "--request", table, "--output", "json"],
    );
    let rests: Vec<_> = run
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["assumed"].clone())
        .collect();
    let arguments = [
        "simulate",
        "--request",
        table,
        "--output",
        "json",
        "--uncertain",
        "report",
    ];
    let reported = run_in(&fixtures(), &arguments).json();
    let mut seen = 0;
    for (answer, rests) in reported.as_array().unwrap().iter().zip(rests) {
        assert_eq!(answer["assumed"], json!([]), "{answer}");
        if rests == json!([]) {
            continue;
        }
        seen += 1;
        assert_eq!(
            (&answer["decision"], &answer["unknown"]),
            (&json!("unknown"), &rests)
        );
        let stage = &answer["decidedBy"]["stage"];
        let stages = answer["stages"].as_array().unwrap();
        let deciding = stages.iter().find(|entry| entry["stage"] == *stage);
        assert_eq!(deciding.unwrap()["result"], "unknown", "{answer}");
    }
    assert!(seen > 0);
}
