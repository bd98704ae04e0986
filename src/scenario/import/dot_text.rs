//! The grammar of DOT, as much of it as graphs of tasks use: nodes, edges, defaults, subgraphs.

use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use std::collections::BTreeMap;
use std::ops::Range;

/// Attributes by name, each with its place.
pub type Attributes = BTreeMap<String, (String, Range<usize>)>;

/// Subgraphs in subgraphs: far more than people draw, far less than the stack holds.
const DEEPEST: usize = 100;
/// Edges between groups multiply.
const MOST_EDGES: usize = 20_000_000;

/// A node.
pub struct DotNode {
    /// Its id.
    pub name: String,
    /// Where it is first named.
    pub range: Range<usize>,
    /// Its attributes.
    pub attributes: Attributes,
}

/// An edge.
pub struct DotEdge {
    /// From that node, by position.
    pub from: usize,
    /// To that node.
    pub to: usize,
    /// Its place.
    pub range: Range<usize>,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A graph.
#[derive(Default)]
pub struct Dot {
    /// Its name.
    pub name: Option<String>,
    /// Nodes in the order of their first mention.
    pub nodes: Vec<DotNode>,
    /// Edges.
    pub edges: Vec<DotEdge>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name, a number or a text in quotes; whether it was in quotes.
    Id(String, bool),
    Arrow,
    Mark(u8),
    End,
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    token: Token,
    range: Range<usize>,
    dot: Dot,
    names: BTreeMap<String, usize>,
}

/// What is wrong, and where.
type Failure = (Range<usize>, String);

#[derive(Clone, Default)]
struct Defaults {
    node: Attributes,
    edge: Attributes,
}

/// Parses a graph; only directed ones make sense here.
pub fn parse(r: &mut Reporter, text: &str) -> Option<Dot> {
    let mut parser = Parser {
        text,
        at: 0,
        token: Token::End,
        range: 0..0,
        dot: Dot::default(),
        names: BTreeMap::new(),
    };
    match parser.graph() {
        Ok(()) => Some(parser.dot),
        Err((range, message)) => {
            r.say(Code::BadDot, range, message);
            None
        }
    }
}

impl Parser<'_> {
    fn graph(&mut self) -> Result<(), Failure> {
        self.next()?;
        if self.is_word("strict") {
            self.next()?;
        }
        if self.is_word("graph") {
            return Err(self.failure("a graph of tasks is directed: write `digraph`"));
        }
        if !self.is_word("digraph") {
            return Err(self.failure("a DOT file begins with `digraph`"));
        }
        self.next()?;
        if let Token::Id(name, _) = &self.token {
            self.dot.name = Some(name.clone()).filter(|name| !name.is_empty());
            self.next()?;
        }
        self.expect(b'{')?;
        self.statements(&mut Defaults::default(), 0)?;
        self.expect(b'}')?;
        if self.token == Token::End { Ok(()) } else { Err(self.failure("one graph is enough")) }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.token, Token::Id(text, false) if text.eq_ignore_ascii_case(word))
    }

    fn failure(&self, message: &str) -> Failure {
        (self.range.clone(), message.to_owned())
    }

    fn expect(&mut self, mark: u8) -> Result<(), Failure> {
        if self.token != Token::Mark(mark) {
            return Err(self.failure(&format!("`{}` is expected here", mark as char)));
        }
        self.next()
    }

    /// Statements up to a closing brace; returns the nodes that they name.
    fn statements(&mut self, defaults: &mut Defaults, depth: usize) -> Result<Vec<usize>, Failure> {
        if depth > DEEPEST {
            return Err(self.failure("subgraphs are nested too deeply"));
        }
        let mut members = Vec::new();
        loop {
            match &self.token {
                Token::Mark(b'}') | Token::End => return Ok(members),
                Token::Mark(b';' | b',') => self.next()?,
                _ => self.statement(defaults, depth, &mut members)?,
            }
        }
    }

    fn statement(
        &mut self,
        defaults: &mut Defaults,
        depth: usize,
        members: &mut Vec<usize>,
    ) -> Result<(), Failure> {
        for word in ["graph", "node", "edge"] {
            if !self.is_word(word) {
                continue;
            }
            self.next()?;
            let given = self.attributes()?;
            match word {
                "node" => defaults.node.extend(given),
                "edge" => defaults.edge.extend(given),
                _ => {}
            }
            return Ok(());
        }
        let start = self.range.clone();
        let first = self.operand(defaults, depth)?;
        if self.token == Token::Mark(b'=') {
            // `rankdir=LR`: an attribute of the graph.
            self.next()?;
            return self.next();
        }
        let mut chain = vec![first];
        while self.token == Token::Arrow {
            self.next()?;
            chain.push(self.operand(defaults, depth)?);
        }
        let given = self.attributes()?;
        if let [Operand::Name(name, range)] = &chain[..] {
            let node = self.node(name, range, &defaults.node);
            self.dot.nodes[node].attributes.extend(given);
            members.push(node);
            return Ok(());
        }
        let mut groups = Vec::with_capacity(chain.len());
        for operand in chain {
            groups.push(match operand {
                Operand::Name(name, range) => vec![self.node(&name, &range, &defaults.node)],
                Operand::Group(nodes) => nodes,
            });
        }
        let mut attributes = defaults.edge.clone();
        attributes.extend(given);
        self.connect(&groups, &attributes, start)?;
        members.extend(groups.into_iter().flatten());
        Ok(())
    }

    fn connect(
        &mut self,
        groups: &[Vec<usize>],
        attributes: &Attributes,
        range: Range<usize>,
    ) -> Result<(), Failure> {
        for pair in groups.windows(2) {
            let more = pair[0].len().saturating_mul(pair[1].len());
            if self.dot.edges.len().saturating_add(more) > MOST_EDGES {
                return Err((range, "the graph has too many edges".to_owned()));
            }
            for &from in &pair[0] {
                for &to in &pair[1] {
                    let (range, attributes) = (range.clone(), attributes.clone());
                    self.dot.edges.push(DotEdge { from, to, range, attributes });
                }
            }
        }
        Ok(())
    }

    /// A node with its port, or a group in braces.
    fn operand(&mut self, defaults: &Defaults, depth: usize) -> Result<Operand, Failure> {
        if self.is_word("subgraph") {
            self.next()?;
            if matches!(self.token, Token::Id(..)) {
                self.next()?;
            }
        }
        if self.token == Token::Mark(b'{') {
            self.next()?;
            let members = self.statements(&mut defaults.clone(), depth + 1)?;
            self.expect(b'}')?;
            return Ok(Operand::Group(members));
        }
        let (Token::Id(name, _), range) = (self.token.clone(), self.range.clone()) else {
            return Err(self.failure("a node, an edge or an attribute is expected here"));
        };
        if name.trim().is_empty() {
            return Err(self.failure("the name of a node is empty"));
        }
        self.next()?;
        while self.token == Token::Mark(b':') {
            self.next()?;
            self.next()?;
        }
        Ok(Operand::Name(name, range))
    }

    fn node(&mut self, name: &str, range: &Range<usize>, defaults: &Attributes) -> usize {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let (position, attributes) = (self.dot.nodes.len(), defaults.clone());
        self.names.insert(name.to_owned(), position);
        self.dot.nodes.push(DotNode { name: name.to_owned(), range: range.clone(), attributes });
        position
    }

    /// Any number of `[a=b, c=d]`.
    fn attributes(&mut self) -> Result<Attributes, Failure> {
        let mut attributes = Attributes::new();
        while self.token == Token::Mark(b'[') {
            self.next()?;
            while self.token != Token::Mark(b']') {
                let Token::Id(key, _) = self.token.clone() else {
                    return Err(self.failure("an attribute is expected here"));
                };
                self.next()?;
                let mut value = ("true".to_owned(), self.range.clone());
                if self.token == Token::Mark(b'=') {
                    self.next()?;
                    let Token::Id(text, _) = self.token.clone() else {
                        return Err(self.failure("a value is expected here"));
                    };
                    value = (text, self.range.clone());
                    self.next()?;
                }
                attributes.insert(key, value);
                while matches!(self.token, Token::Mark(b',' | b';')) {
                    self.next()?;
                }
            }
            self.next()?;
        }
        Ok(attributes)
    }

    fn next(&mut self) -> Result<(), Failure> {
        self.skip_blank()?;
        let (start, rest) = (self.at, &self.text[self.at..]);
        let first = rest.chars().next();
        self.token = match first {
            None => Token::End,
            Some('"') => self.quoted()?,
            Some('<') => self.html()?,
            Some('-') if rest.starts_with("->") => {
                self.at += 2;
                Token::Arrow
            }
            Some('-') if rest.starts_with("--") => {
                let message = "a graph of tasks is directed: write `->`".to_owned();
                return Err((start..start + 2, message));
            }
            Some(mark @ ('{' | '}' | '[' | ']' | ';' | ',' | '=' | ':')) => {
                self.at += 1;
                Token::Mark(mark as u8)
            }
            Some(letter) => {
                let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
                let sign = usize::from(letter == '-' || letter == '+');
                let length = rest[sign..].find(|c| !word(c)).unwrap_or(rest.len() - sign);
                if length == 0 {
                    let range = start..start + letter.len_utf8();
                    return Err((range, format!("`{letter}` means nothing here")));
                }
                self.at += sign + length;
                Token::Id(rest[..sign + length].to_owned(), false)
            }
        };
        self.range = start..self.at;
        Ok(())
    }

    /// Blanks, comments, and lines of a preprocessor.
    fn skip_blank(&mut self) -> Result<(), Failure> {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") || trimmed.starts_with('#') {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                let Some(end) = trimmed.find("*/") else {
                    return Err((self.at..self.at + 2, "this comment never ends".to_owned()));
                };
                self.at += end + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn quoted(&mut self) -> Result<Token, Failure> {
        let start = self.at;
        let mut text = String::new();
        let mut letters = self.text[start + 1..].char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at = start + 1 + at + 1;
                    return Ok(Token::Id(text, true));
                }
                // Only the quote is escaped in DOT; `\n` and others are kept for labels.
                '\\' => match letters.next() {
                    Some((_, '"')) => text.push('"'),
                    Some((_, '\n')) => {}
                    Some((_, other)) => text.extend(['\\', other]),
                    None => break,
                },
                _ => text.push(letter),
            }
        }
        Err((start..start + 1, "this text never ends".to_owned()))
    }

    /// `<...>` with balanced brackets: a label, never looked into.
    fn html(&mut self) -> Result<Token, Failure> {
        let (start, mut open) = (self.at, 0usize);
        for (at, letter) in self.text[start..].char_indices() {
            match letter {
                '<' => open += 1,
                '>' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.at = start + at + 1;
                return Ok(Token::Id(self.text[start + 1..start + at].to_owned(), true));
            }
        }
        Err((start..start + 1, "this text never ends".to_owned()))
    }
}

enum Operand {
    Name(String, Range<usize>),
    Group(Vec<usize>),
}
