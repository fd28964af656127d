; Installer for Windows: iscc /DVersion=0.1.0 tumorboard.iss, after make.py has made dist\tumorboard.
; Cases lie in the user's own folder: uninstalling keeps them.
[Setup]
AppId={{6C0D8B52-0D7A-4C0B-9C8B-6E5B8E1E5B61}
AppName=Tumorboard
AppVersion={#Version}
DefaultDirName={autopf}\Tumorboard
DefaultGroupName=Tumorboard
PrivilegesRequiredOverridesAllowed=dialog
LicenseFile=..\..\LICENSE
OutputBaseFilename=tumorboard-{#Version}
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0
Compression=lzma2
SolidCompression=yes
UninstallDisplayIcon={app}\tumorboard-window.exe

[Files]
Source: "..\..\dist\tumorboard\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Tumorboard"; Filename: "{app}\tumorboard-window.exe"
