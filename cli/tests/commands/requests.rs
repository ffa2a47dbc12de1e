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
fn a_thousand_lines_are_answered_one_by_one() {
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
    assert_eq!(tables, 11);
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
