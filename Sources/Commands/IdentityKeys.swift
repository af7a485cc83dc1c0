/// The request identity keys of a command line or of the environment.
public enum IdentityKeys {
    /// The keys between commas. None if there are only commas: an endpoint refuses that, which is
    /// better than to stay open by accident.
    public static func split(_ list: String) -> [String] {
        list.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    public static let warning =
        "Warning: requests are not checked. Whoever reaches this port can invoke handlers."
}
