; The Windows installer: for one user, without administrator's rights. `/S` installs silently, a newer one installs over an
; older one, and the uninstaller removes what was installed and nothing else: settings, models and results stay.
; Compiled by installers.py, which defines FOLDER, ICON, LICENCE, OUTPUT, VERSION, FOUR_NUMBERS, SIZE_KB, WINDOWED, CONSOLE,
; and TYPES, a file with the lines of all kinds of video.

Unicode true
SetCompressor /SOLID lzma
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Reelscope"
!define APP_KEY "Software\Classes\Applications\${WINDOWED}"
!define PATHS_KEY "Software\Microsoft\Windows\CurrentVersion\App Paths"
!define PROGID "Reelscope.Video"

Name "Reelscope"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Reelscope"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
RequestExecutionLevel user
ShowInstDetails nevershow
ShowUninstDetails nevershow
BrandingText "Reelscope ${VERSION}"

VIProductVersion "${FOUR_NUMBERS}"
VIFileVersion "${FOUR_NUMBERS}"
VIAddVersionKey "ProductName" "Reelscope"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installs Reelscope"
VIAddVersionKey "CompanyName" "The Reelscope authors"
VIAddVersionKey "LegalCopyright" "GPL-3.0-or-later"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOWED}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

!ifdef SIGN
  !uninstfinalize `${SIGN} "%1"` = 0
!endif

; A program that runs holds its file: it can be neither replaced nor removed.
!macro StopIfRunning
  ${If} ${FileExists} "$INSTDIR\${WINDOWED}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${WINDOWED}" a
    ${If} ${Errors}
      SetErrorLevel 3
      MessageBox MB_OK|MB_ICONEXCLAMATION "Reelscope is running. Close it and try again." /SD IDOK
      Abort
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

!macro RemoveFiles
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\${WINDOWED}"
  Delete "$INSTDIR\${CONSOLE}"
  Delete "$INSTDIR\LICENSE"
  Delete "$INSTDIR\uninstall.exe"
!macroend

!macro Offer SUFFIX
  WriteRegStr HKCU "${APP_KEY}\SupportedTypes" ".${SUFFIX}" ""
  WriteRegNone HKCU "Software\Classes\.${SUFFIX}\OpenWithProgids" "${PROGID}"
!macroend

!macro Withdraw SUFFIX
  DeleteRegValue HKCU "Software\Classes\.${SUFFIX}\OpenWithProgids" "${PROGID}"
  DeleteRegKey /ifempty HKCU "Software\Classes\.${SUFFIX}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\.${SUFFIX}"
!macroend

!macro TellShell
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

Section "Reelscope"
  !insertmacro StopIfRunning
  !insertmacro RemoveFiles
  SetOutPath "$INSTDIR"
  ClearErrors
  File /r "${FOLDER}/*"
  ${If} ${Errors}
    SetErrorLevel 2
    MessageBox MB_OK|MB_ICONSTOP "Not all files could be written to $INSTDIR." /SD IDOK
    Abort
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Reelscope.lnk" "$INSTDIR\${WINDOWED}"

  WriteRegStr HKCU "${PATHS_KEY}\${WINDOWED}" "" "$INSTDIR\${WINDOWED}"
  WriteRegStr HKCU "${PATHS_KEY}\${CONSOLE}" "" "$INSTDIR\${CONSOLE}"
  WriteRegStr HKCU "${APP_KEY}" "FriendlyAppName" "Reelscope"
  WriteRegStr HKCU "${APP_KEY}\shell\open\command" "" '"$INSTDIR\${WINDOWED}" "%1"'
  WriteRegStr HKCU "Software\Classes\${PROGID}" "" "Video"
  WriteRegStr HKCU "Software\Classes\${PROGID}\DefaultIcon" "" "$INSTDIR\${WINDOWED},0"
  WriteRegStr HKCU "Software\Classes\${PROGID}\shell\open\command" "" '"$INSTDIR\${WINDOWED}" "%1"'
  !define EACH Offer
  !include "${TYPES}"
  !undef EACH

  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "Reelscope"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${WINDOWED},0"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "The Reelscope authors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  !insertmacro TellShell
SectionEnd

Section "Uninstall"
  !insertmacro StopIfRunning
  !insertmacro RemoveFiles
  RMDir "$INSTDIR" ; only where nothing of the user's lies in it
  Delete "$SMPROGRAMS\Reelscope.lnk"
  !define EACH Withdraw
  !include "${TYPES}"
  !undef EACH
  DeleteRegKey HKCU "Software\Classes\${PROGID}"
  DeleteRegKey HKCU "${APP_KEY}"
  DeleteRegKey HKCU "${PATHS_KEY}\${WINDOWED}"
  DeleteRegKey HKCU "${PATHS_KEY}\${CONSOLE}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  !insertmacro TellShell
SectionEnd
