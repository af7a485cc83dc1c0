// Options for the encoding of the input and the output, which only a handler's entry has.

extension Handler {
    /// Sets the format of the input. It takes precedence over the format of the handler, the service
    /// and the endpoint. Without an input it has no effect.
    ///
    /// ```swift
    /// let upload = exclusive(Album.upload).inputFormat(.bytes(contentType: "image/png"))
    /// ```
    public func inputFormat(_ format: Format) -> Handler {
        with(input: input.chosen(format, by: .payload))
    }

    /// Sets the format of the output. It takes precedence over the format of the handler, the service
    /// and the endpoint. Without an output it has no effect.
    public func outputFormat(_ format: Format) -> Handler {
        with(output: output.chosen(format, by: .payload))
    }

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
