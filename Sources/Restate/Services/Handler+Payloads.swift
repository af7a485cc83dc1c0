// Options for the encoding of the input and the output, which only a handler's entry has.

extension Handler {
    /// Sets whether an empty output has the content type of the output. By default it has none.
    public func contentTypeIfEmpty(_ isSaid: Bool = true) -> Handler {
        with { $0.contentTypeIfEmpty = isSaid }
    }
}

extension Handler where Input == [UInt8] {
    /// Passes the bytes of the body to the handler, whatever their content type, instead of
    /// decoding a JSON list.
    public func rawInput(contentType: String = "*/*") -> Handler {
        with(input: .raw(contentType: contentType))
    }
}

extension Handler where Output == [UInt8] {
    /// Sends the bytes that the handler returns, instead of encoding a JSON list.
    public func rawOutput(contentType: String = "application/octet-stream") -> Handler {
        with(output: .raw(contentType: contentType))
    }
}
