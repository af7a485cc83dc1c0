#if canImport(FoundationNetworking)
public import FoundationNetworking
#else
public import Foundation
#endif

extension RestateClient {
    /// Returns a client that sends a header with every request. A header of the same name that a
    /// call adds takes precedence.
    public func header(_ name: String, _ value: String) -> RestateClient {
        changed { $0.setDefaultHeader(name, value) }
    }

    /// Returns a client whose requests end with ``IngressError/Code/timedOut`` if there is no answer
    /// after this time, repetitions included. Without a limit, a client waits as long as a handler
    /// takes.
    ///
    /// An invocation that has begun goes on, whether or not somebody waits for its result.
    public func timeout(_ limit: Duration) -> RestateClient {
        changed { $0.timeout = limit }
    }

    /// Returns a client that uses a session of yours: for a proxy, for certificates, for a protocol
    /// class in tests. The session's own time limits apply, and Foundation's standard for a request is
    /// a minute.
    public func session(_ session: URLSession) -> RestateClient {
        changed { $0.session = session }
    }
}

extension RestateAdmin {
    /// Returns a client that sends a header with every request.
    public func header(_ name: String, _ value: String) -> RestateAdmin {
        changed { $0.setDefaultHeader(name, value) }
    }

    /// Returns a client whose requests end with ``IngressError/Code/timedOut`` if there is no answer
    /// after this time, repetitions included. What was asked for may happen nevertheless.
    public func timeout(_ limit: Duration) -> RestateAdmin {
        changed { $0.timeout = limit }
    }

    /// Returns a client that uses a session of yours. Its own time limits apply.
    public func session(_ session: URLSession) -> RestateAdmin {
        changed { $0.session = session }
    }
}

extension HTTPCaller {
    fileprivate mutating func setDefaultHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        headers.append((name, value))
    }
}
