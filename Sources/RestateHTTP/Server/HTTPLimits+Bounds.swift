/// The limits as rows of a table. They hold for every port of an endpoint or the local runtime.
extension HTTPLimits {
    /// Returns a row for each property, by the property's name, so that a test finds a property
    /// without a row.
    ///
    /// - Parameter local: the limits of the local runtime, if they are to be listed as well.
    package static func bounds(local: HTTPLimits? = nil) -> KeyValuePairs<String, Bound> {
        func limit<Value>(
            _ name: String, _ property: KeyPath<HTTPLimits, Value>, _ text: (Value) -> String,
            _ effect: String
        ) -> Bound {
            Bound(
                name: name, value: text(HTTPLimits()[keyPath: property]),
                localValue: local.map { text($0[keyPath: property]) }, effect: effect)
        }
        let (bytes, grouped, time) = (Bound.bytes, Bound.grouped, Bound.time)
        return [
            "connections": limit(
                "connections", \.connections, grouped,
                "the oldest idle one is closed, or the slowest"),
            "concurrentStreams": limit(
                "open requests of an HTTP/2 connection", \.concurrentStreams, grouped,
                "the peer waits for one to end"),
            "idleTimeout": limit(
                "time without an open request", \.idleTimeout, time, "the connection is closed"),
            "headerTimeout": limit(
                "time for a head", \.headerTimeout, time, "the connection is closed"),
            "bodyTimeout": limit("time for the next piece of a body", \.bodyTimeout, time, "408"),
            "bodyProgress": limit(
                "the least size of such a piece", \.bodyProgress, bytes,
                "a smaller one does not count"),
            "stallTimeout": limit(
                "time in which a peer reads none of the output", \.stallTimeout, time,
                "the request is given up"),
            "pingInterval": limit(
                "silence of an HTTP/2 peer", \.pingInterval, time, "it is asked with a PING"),
            "pingTimeout": limit(
                "time for its answer", \.pingTimeout, time, "the connection is closed"),
            "headerListBytes": limit(
                "an HTTP/2 head, with 32 bytes more for each field", \.headerListBytes, bytes, "431"
            ),
            "headBytes": limit("an HTTP/1.1 head", \.headBytes, bytes, "431"),
            "headFields": limit("its fields", \.headFields, grouped, "431"),
            "targetBytes": limit("a request's target", \.targetBytes, bytes, "414"),
            "inputWindow": limit(
                "unread bytes of a body", \.inputWindow, bytes, "the peer waits"),
            "connectionWindow": limit(
                "unread bytes on their way on a connection", \.connectionWindow, bytes,
                "the peer waits"),
            "connectionInput": limit(
                "unread bytes of a connection", \.connectionInput, bytes, "the peer waits"),
            "outputBuffer": limit(
                "an answer's bytes that the peer has not taken", \.outputBuffer, bytes,
                "the writer waits"),
            "pipelinedBytes": limit(
                "next requests over HTTP/1.1", \.pipelinedBytes, bytes, "the peer waits"),
            "interimHeads": limit(
                "interim responses (1xx) ahead of an answer", \.interimHeads, grouped,
                "the exchange fails"),
            "resetsPerSecond": limit(
                "young requests that a peer resets in a second", \.resetsPerSecond, grouped,
                "the connection ends (`ENHANCE_YOUR_CALM`)"),
            "resetAge": limit(
                "time for which a request is young", \.resetAge, time,
                "later resets are not counted"),
            "controlFramesPerSecond": limit(
                "PING, SETTINGS and empty DATA frames in a second", \.controlFramesPerSecond,
                grouped,
                "the connection ends (`ENHANCE_YOUR_CALM`)"),
            "unsentAcknowledgements": limit(
                "acknowledgements that a peer does not read", \.unsentAcknowledgements, grouped,
                "the connection is closed"),
            "queuedFrames": limit(
                "frames that a peer does not read", \.queuedFrames, grouped,
                "the connection is closed"),
        ]
    }
}
