//! Any expression of Terraform in a valid file: no sensitive value is shown, and forms that Terraform gives the same value have the same value.

#![no_main]

use ascp_policy_fuzz::{made::read, worlds};
use libfuzzer_sys::{Corpus, fuzz_target};
use loader::{Loaded, Options};
use policy_engine::uncertainty::Uncertainties;
use std::{path::PathBuf, sync::LazyLock};

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| read::directory("expressions"));

/// What stands for the expression in a form.
const PLACE: &str = "EXPRESSION";

/// Forms that have the value of their expression, as text.
const FORMS: [&str; 32] = [
    "EXPRESSION",
    "(EXPRESSION\n)",
    "\"${EXPRESSION}\"",
    "\"%{ if true }${EXPRESSION}%{ endif }\"",
    "\"%{ for x in [EXPRESSION] }${x}%{ endfor }\"",
    "[EXPRESSION][0]",
    "[[EXPRESSION]][0][0]",
    "[EXPRESSION].0",
    "[{ k = EXPRESSION }][*].k[0]",
    "{ k = EXPRESSION }.k",
    "{ k = EXPRESSION }[\"k\"]",
    "{ (\"k\") : (EXPRESSION) }.k",
    "[for x in [EXPRESSION] : x][0]",
    "{ for x in [\"k\"] : x => EXPRESSION }.k",
    "[for x in [\"k\"] : EXPRESSION if x == \"k\"][0]",
    "true ? EXPRESSION : \"\"",
    "try(EXPRESSION)",
    "one([EXPRESSION])",
    "element([EXPRESSION], 0)",
    "concat([], [EXPRESSION])[0]",
    "reverse([EXPRESSION])[0]",
    "values({ k = EXPRESSION })[0]",
    "merge({ k = 1 }, { k = EXPRESSION }).k",
    "lookup({ k = EXPRESSION }, \"k\", \"\")",
    "zipmap([\"k\"], [EXPRESSION]).k",
    "join(\"\", [EXPRESSION])",
    "format(\"%s\", EXPRESSION)",
    "replace(\"x\", \"x\", EXPRESSION)",
    "trimprefix(EXPRESSION, \"\")",
    "jsondecode(jsonencode([EXPRESSION]))[0]",
    "local.expression",
    "module.child.passed",
];

/// Forms that are never `different`: a value equals itself.
const EQUAL: [&str; 3] = [
    "EXPRESSION == EXPRESSION ? \"equal\" : \"different\"",
    "EXPRESSION != EXPRESSION ? \"different\" : \"equal\"",
    "contains([EXPRESSION], EXPRESSION) ? \"equal\" : \"different\"",
];

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(expression) = expression(bytes) else {
        return Corpus::Reject;
    };
    read::write(&DIRECTORY.join("main.tf"), &source(expression));
    let child = "variable \"given\" {}\noutput \"passed\" {\n  value = var.given\n}\n";
    read::write(&DIRECTORY.join("child/main.tf"), child);
    let options = Options {
        paths: vec![DIRECTORY.clone()],
        region: Some("us-east-1".to_owned()),
        accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
        keeps_faulty_policies: true,
        ..Options::default()
    };
    match loader::load(&options) {
        Ok(loaded) => {
            read::hides(&loaded);
            same(&loaded, expression);
            worlds::walk(&loaded, Uncertainties::NONE);
        }
        Err(error) => read::problems(&error),
    }
    Corpus::Keep
});

/// The text, if it is an expression that each form can contain.
fn expression(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?.trim();
    let is_line = !text.contains(['\n', '\r', '#']) && !text.contains("//") && !text.contains("/*");
    let mut forms = FORMS.iter().chain(&EQUAL);
    let is_whole = |form: &&str| {
        form.replace(PLACE, text)
            .parse::<hcl_edit::expr::Expression>()
            .is_ok()
    };
    (is_line && !text.contains(read::CANARY) && forms.all(|form| is_whole(&form))).then_some(text)
}

fn source(expression: &str) -> String {
    let canary = read::CANARY;
    let tag = |(number, form): (usize, &&str)| {
        let value = form.replace(PLACE, expression);
        format!("    t{number} = {value}\n")
    };
    let tags: String = FORMS.iter().chain(&EQUAL).enumerate().map(tag).collect();
    format!(
        r#"variable "team" {{
  default = "dev"
}}
variable "password" {{
  default   = "{canary}"
  sensitive = true
}}
locals {{
  a          = "x-${{var.team}}"
  list       = ["a", local.a, ""]
  map        = {{ k = "v", (var.team) = 3, n = null }}
  expression = {expression}
}}
module "child" {{
  source = "./child"
  given  = {expression}
}}
resource "aws_secretsmanager_secret" "equal" {{
  name = "dev/db"
  tags = {{
{tags}  }}
}}
resource "aws_secretsmanager_secret" "counted" {{
  count  = {expression}
  name   = "counted-${{count.index}}"
  policy = {expression}
}}
resource "aws_secretsmanager_secret" "each" {{
  for_each = {expression}
  name     = "each-${{each.key}}"
  tags     = {{ value = each.value }}
}}
data "aws_iam_policy_document" "d" {{
  statement {{
    actions   = ["secretsmanager:GetSecretValue"]
    resources = {expression}
    condition {{
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = [{expression}]
    }}
  }}
}}
resource "aws_iam_role" "r" {{
  name               = "r"
  assume_role_policy = {expression}
}}
resource "aws_iam_role_policy" "read" {{
  name   = "read"
  role   = aws_iam_role.r.id
  policy = data.aws_iam_policy_document.d.json
}}
"#
    )
}

/// The known tags of the first secret agree.
fn same(loaded: &Loaded, expression: &str) {
    let Some(secret) = loaded
        .inventory
        .secrets
        .iter()
        .find(|secret| secret.name == "dev/db")
    else {
        return;
    };
    let tag = |number: usize| {
        let key = format!("t{number}");
        let tag = secret.tags.list.iter().find(|tag| tag.key.value == key)?;
        tag.value.value.known().map(str::to_owned)
    };
    let known = (0..FORMS.len()).filter_map(|number| Some((FORMS[number], tag(number)?)));
    let known: Vec<_> = known.collect();
    for pair in known.windows(2) {
        assert_eq!(
            pair[0].1, pair[1].1,
            "{} and {} of {expression}",
            pair[0].0, pair[1].0
        );
    }
    for (number, form) in EQUAL.iter().enumerate() {
        let value = tag(FORMS.len() + number);
        assert_ne!(
            value.as_deref(),
            Some("different"),
            "{form} of {expression}"
        );
    }
}
