#if !WithoutFoundation
internal import Times

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Reads Foundation's types, each from one form of JSON.
extension JSONDocument {
    /// Decodes one of Foundation's types; `kind` says which type `T` is.
    func decodeFoundation<T>(
        _ type: T.Type, _ kind: JSONTypePlan.Kind, at index: Int
    ) throws -> T {
        switch kind {
        case .date: unsafeBitCast(try date(at: index), to: T.self)
        case .data: unsafeBitCast(try data(at: index), to: T.self)
        case .url: unsafeBitCast(try url(at: index), to: T.self)
        case .uuid: unsafeBitCast(try uuid(at: index), to: T.self)
        case .decimal: unsafeBitCast(try decimal(at: index), to: T.self)
        case .other, .string, .bool, .int, .int64, .double, .duration:
            throw mismatch(type, "\(type)", at: index)
        }
    }

    /// Accepts RFC 3339, or a number of seconds since 1970.
    private func date(at index: Int) throws -> Date {
        switch kind(at: index) {
        case .number: return try date(try double(at: index), at: index)
        case .string:
            guard let moment = RFC3339.moment(plainText(at: index)) else { break }
            let fraction = Double(moment.fraction) * 1e-18
            // Some programs write the last moment of 9999 with more digits than milliseconds have.
            let latest = Double(RFC3339.latest) / 1000
            return try date(min(Double(moment.seconds) + fraction, latest), at: index)
        case .null, .true, .false, .array, .object:
            throw mismatch(Date.self, "a moment", at: index)
        }
        throw corrupted("expected a moment like 2026-11-21T03:00:54.370Z", at: index)
    }

    /// Accepts only dates that can be written again.
    private func date(_ seconds: Double, at index: Int) throws -> Date {
        let milliseconds = (seconds * 1000).rounded()
        guard milliseconds >= Double(RFC3339.earliest), milliseconds <= Double(RFC3339.latest)
        else { throw corrupted("expected a moment in the years 0 to 9999", at: index) }
        return Date(timeIntervalSince1970: seconds)
    }

    private func data(at index: Int) throws -> Data {
        guard kind(at: index) == .string else { throw mismatch(Data.self, "a string", at: index) }
        guard let data = Data(base64Encoded: string(at: index)) else {
            throw corrupted("expected base64", at: index)
        }
        return data
    }

    private func url(at index: Int) throws -> URL {
        guard kind(at: index) == .string else { throw mismatch(URL.self, "a string", at: index) }
        guard let url = URL(string: string(at: index)) else {
            throw corrupted("expected a URL", at: index)
        }
        return url
    }

    private func uuid(at index: Int) throws -> UUID {
        guard kind(at: index) == .string else { throw mismatch(UUID.self, "a string", at: index) }
        guard let uuid = UUID(uuidString: string(at: index)) else {
            throw corrupted("expected a UUID", at: index)
        }
        return uuid
    }

    private func decimal(at index: Int) throws -> Decimal {
        guard kind(at: index) == .number else {
            throw mismatch(Decimal.self, "a number", at: index)
        }
        let text = String(decoding: text(at: index), as: UTF8.self)
        guard let value = Decimal(string: text), !value.isNaN else {
            throw doesNotFit(Decimal.self, at: index)
        }
        return value
    }
}
#endif
