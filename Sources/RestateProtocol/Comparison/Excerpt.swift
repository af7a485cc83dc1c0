/// Formats values for error messages.
///
/// The result is readable and at most a line or two long, because the values come from a peer or
/// have whatever size a program gave them.
package enum Excerpt {
    /// Values are cut after this number of bytes.
    package static let limit = 200
    /// Bytes that are no text are cut after this number: they tell little more than that they are none.
    private static let numberLimit = 16

    package static func text(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count > limit else { return text.isEmpty ? "''" : text }
        return cut(bytes[...]) + rest(bytes.count)
    }

    /// Formats bytes as text in quotes if they are UTF-8, and as a list of numbers otherwise.
    package static func bytes(_ bytes: Bytes) -> String {
        let head = bytes.prefix(limit)
        let tail = bytes.count > limit ? rest(bytes.count) : ""
        // The cut may split the last character, which must not make the rest look like binary data.
        let whole = bytes.count > limit ? head.dropLast(partialCount(head)) : head
        if let text = String(validating: whole, as: UTF8.self) { return "'\(text)'\(tail)" }
        let numbers = head.prefix(numberLimit).map(String.init).joined(separator: ", ")
        return head.count > numberLimit
            ? "[\(numbers), …]\(rest(bytes.count))" : "[\(numbers)]\(tail)"
    }

    package static func headers(_ headers: [Header]) -> String {
        guard !headers.isEmpty else { return "<empty>" }
        // More than these are not worth formatting: the text is cut anyway.
        let shown = headers.prefix(20).map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return text(headers.count > 20 ? shown + ", …" : shown)
    }

    package static func failure(_ failure: Failure) -> String {
        let metadata = failure.metadata.isEmpty ? "" : " (\(headers(failure.metadata)))"
        return "[\(failure.code)] \(text(failure.message))\(metadata)"
    }

    package static func result(_ result: NotificationResult) -> String {
        switch result {
        case .void: "void"
        case .value(let value): bytes(value)
        case .failure(let failure): self.failure(failure)
        case .invocationID(let id): text(id)
        case .stateKeys(let keys):
            "[" + text(keys.prefix(20).map(bytes).joined(separator: ", ")) + "]"
        }
    }

    package static func target(_ target: InvocationTarget) -> String {
        switch target {
        case .id(let id): "invocation \(text(id))"
        case .workflow(let workflow):
            "workflow \(text(workflow.workflow))/\(text(workflow.key))" + scope(workflow.scope)
        case .idempotent(let request):
            "request \(text(request.service))/\(request.key.map { text($0) + "/" } ?? "")"
                + "\(text(request.handler)) with idempotency key \(text(request.idempotencyKey))"
                + scope(request.scope)
        }
    }

    private static func scope(_ scope: String?) -> String {
        scope.map { " in scope \(text($0))" } ?? ""
    }

    private static func cut(_ bytes: Bytes) -> String {
        let head = bytes.prefix(limit)
        return String(decoding: head.dropLast(partialCount(head)), as: UTF8.self)
    }

    /// Returns how many bytes at the end belong to a character that is incomplete.
    private static func partialCount(_ bytes: Bytes) -> Int {
        for (count, byte) in bytes.suffix(4).reversed().enumerated() where byte & 0xC0 != 0x80 {
            let needed = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            return count + 1 < needed ? count + 1 : 0
        }
        return 0
    }

    private static func rest(_ count: Int) -> String { "… (\(count) bytes)" }
}
