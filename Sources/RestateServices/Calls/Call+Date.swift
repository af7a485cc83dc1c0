#if !WithoutFoundation
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import RestateMachine
import Times

// One-way calls that start at a moment.

extension Call {
    /// Sends a one-way call that starts at a moment.
    @discardableResult
    public func send(
        _ argument: Input, at moment: Date,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> SentCall<Output> {
        send(
            argument, time: Moment.at(secondsSince1970: moment.timeIntervalSince1970),
            CallSite(fileID: fileID, line: line))
    }
}

extension Call where Input == Void {
    /// Sends a one-way call without an argument, which starts at a moment.
    @discardableResult
    public func send(
        at moment: Date, fileID: StaticString = #fileID, line: UInt = #line
    ) -> SentCall<Output> {
        send((), at: moment, fileID: fileID, line: line)
    }
}

extension Call where Input: ExpressibleByNilLiteral {
    /// Sends a one-way call with nil, which starts at a moment.
    @discardableResult
    public func send(
        at moment: Date, fileID: StaticString = #fileID, line: UInt = #line
    ) -> SentCall<Output> {
        send(nil, at: moment, fileID: fileID, line: line)
    }
}
#endif
