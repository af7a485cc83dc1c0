import Foundation
import Support

/// What differs from run to run, replaced by what the recordings have in its place.
struct Normalizer {
    /// Texts and what stands for them: the endpoint's URL, the ingress's.
    var names: [(text: String, placeholder: String)] = []

    func callAsFunction(_ text: String) -> String {
        var text = text
        for (name, placeholder) in names { text = text.replacing(name, with: placeholder) }
        text = text.replacing(#/inv_1[0-9A-Za-z]{20,}/#, with: "<inv>")
        text = text.replacing(#/dp_1[0-9A-Za-z]{20,}/#, with: "<dp>")
        return text.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#, with: "<time>")
    }

    func callAsFunction(_ json: FixtureJSON) -> FixtureJSON {
        switch json {
        case .string(let text): .string(self(text))
        case .array(let elements): .array(elements.map { self($0) })
        case .object(let members): .object(members.mapValues { self($0) })
        default: json
        }
    }
}

extension FixtureJSON {
    /// Lists of named things without their order, which changes on the server from answer to answer.
    var unordered: FixtureJSON {
        switch self {
        case .array(let elements):
            let inner = elements.map(\.unordered)
            guard inner.allSatisfy({ $0["name"] != nil }) else { return .array(inner) }
            return .array(
                inner.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") })
        case .object(let members): return .object(members.mapValues(\.unordered))
        default: return self
        }
    }

    /// Without these members, wherever they stand.
    func without(_ names: Set<String>) -> FixtureJSON {
        switch self {
        case .array(let elements): .array(elements.map { $0.without(names) })
        case .object(let members):
            .object(members.filter { !names.contains($0.key) }.mapValues { $0.without(names) })
        default: self
        }
    }

    /// Without the kind of handlers named `get`: the recordings were made with an exclusive
    /// `Counter/get`, and the conformance suite's contract has it shared.
    var withoutKindOfGet: FixtureJSON {
        switch self {
        case .array(let elements): return .array(elements.map(\.withoutKindOfGet))
        case .object(var members):
            if members["name"]?.string == "get" { members["ty"] = nil }
            return .object(members.mapValues(\.withoutKindOfGet))
        default: return self
        }
    }
}
