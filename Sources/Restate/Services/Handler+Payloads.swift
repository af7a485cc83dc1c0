// What only a handler's entry can say: how its input and its output are written.

extension Handler {
    /// Says the output's content type also where the output is empty; otherwise an empty one has none.
    public func contentTypeIfEmpty(_ isSaid: Bool = true) -> Handler {
        with { $0.contentTypeIfEmpty = isSaid }
    }
}

extension Handler where Input == [UInt8] {
    /// Takes the body as it is, whatever its content type, instead of a JSON list.
    public func rawInput(contentType: String = "*/*") -> Handler {
        with(input: .raw(contentType: contentType))
    }
}

extension Handler where Output == [UInt8] {
    /// Gives the output as it is, instead of as a JSON list.
    public func rawOutput(contentType: String = "application/octet-stream") -> Handler {
        with(output: .raw(contentType: contentType))
    }
}
