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
                "the longest idle one is closed, or else the slowest"),
            "concurrentStreams": limit(
                "open requests per HTTP/2 connection", \.concurrentStreams, grouped,
                "the peer waits until one has ended"),
            "idleTimeout": limit(
                "idle time of a connection", \.idleTimeout, time, "the connection is closed"),
            "headerTimeout": limit(
                "time to receive a head", \.headerTimeout, time, "the connection is closed"),
            "bodyTimeout": limit(
                "time to receive the next part of a body", \.bodyTimeout, time, "status 408"),
            "bodyProgress": limit(
                "minimum size of that part", \.bodyProgress, bytes,
                "a smaller part does not extend the time"),
            "stallTimeout": limit(
                "time in which the peer reads no output", \.stallTimeout, time,
                "the request is reset"),
            "pingInterval": limit(
                "time without bytes from an HTTP/2 peer", \.pingInterval, time,
                "the peer gets a PING"),
            "pingTimeout": limit(
                "time to answer the PING", \.pingTimeout, time, "the connection is closed"),
            "headerListBytes": limit(
                "size of an HTTP/2 head, with 32 bytes per field", \.headerListBytes, bytes,
                "status 431"
            ),
            "headBytes": limit("size of an HTTP/1.1 head", \.headBytes, bytes, "status 431"),
            "headFields": limit("fields of an HTTP/1.1 head", \.headFields, grouped, "status 431"),
            "targetBytes": limit("size of an HTTP/1.1 target", \.targetBytes, bytes, "status 414"),
            "inputWindow": limit(
                "unread input of a request", \.inputWindow, bytes, "the peer waits"),
            "connectionWindow": limit(
                "window of an HTTP/2 connection", \.connectionWindow, bytes,
                "the peer waits"),
            "connectionInput": limit(
                "unread input of a connection", \.connectionInput, bytes, "the peer waits"),
            "outputBuffer": limit(
                "unsent output of a request", \.outputBuffer, bytes,
                "the writer waits"),
            "pipelinedBytes": limit(
                "pipelined input over HTTP/1.1", \.pipelinedBytes, bytes, "the peer waits"),
            "interimHeads": limit(
                "interim responses (1xx) per answer", \.interimHeads, grouped,
                "the request fails"),
            "resetsPerSecond": limit(
                "young requests that a peer resets per second", \.resetsPerSecond, grouped,
                "the connection is closed (`ENHANCE_YOUR_CALM`)"),
            "resetAge": limit(
                "age up to which a request is young", \.resetAge, time,
                "resets are not counted"),
            "controlFramesPerSecond": limit(
                "PING, SETTINGS and empty DATA frames per second", \.controlFramesPerSecond,
                grouped,
                "the connection is closed (`ENHANCE_YOUR_CALM`)"),
            "unsentAcknowledgements": limit(
                "unsent acknowledgements", \.unsentAcknowledgements, grouped,
                "the connection is closed"),
            "queuedFrames": limit(
                "unsent frames", \.queuedFrames, grouped,
                "the connection is closed"),
        ]
    }
}
