extension JSON { package static func schema<T>(of: T.Type) -> [UInt8]? { nil } }
